import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Topology } from '../contract/topology.ts';
import type { Lab } from './lab.ts';

/**
 * Which labs are made before anyone asks: one for each topology with a cluster that is in use, while the machine has room
 * for it beside those that are used. Decides only; the keeper makes and ends labs.
 */
const IN_USE_MS = 24 * 3600_000;
/** Parts of the machine's memory: what must stay free beside a lab that is added, and when those that wait are given up. */
const FREE_TO_ADD = 0.2;
const FREE_TO_KEEP = 0.1;
const MIB = 1024 * 1024;

type Wanted = { topology: Topology; at: number };
export type Memory = { total: number; available: number };

export class Pool {
  readonly #wanted = new Map<string, Wanted>();

  /** Notes that a topology is in use. */
  want(topology: Topology, now = Date.now()): void {
    if (topology.cluster) this.#wanted.set(keyOf(topology), { topology, at: now });
  }

  /** The lab of the pool that fits a topology and is wholly ready. */
  find(labs: Iterable<Lab>, topology: Topology): Lab | undefined {
    const key = keyOf(topology);
    return [...labs].find((lab) => isWaiting(lab) && lab.clusterIsReady && keyOf(lab.topology) === key);
  }

  /** What to make next, if anything: nothing while another lab is being made or comes up, or memory is short. */
  next(labs: Iterable<Lab>, memory: Memory, now = Date.now()): Wanted | undefined {
    const all = [...labs];
    if (all.some((lab) => lab.phase === 'building' || (lab.phase === 'ready' && !lab.clusterIsReady))) return undefined;
    const there = new Set(all.filter(isPooled).map((lab) => keyOf(lab.topology)));
    return [...this.#wanted].find(([key, { topology, at }]) => {
      if (now - at > IN_USE_MS) this.#wanted.delete(key);
      const left = memory.available - topology.limits.memoryMb * MIB;
      return now - at <= IN_USE_MS && !there.has(key) && left >= memory.total * FREE_TO_ADD;
    })?.[1];
  }

  /** Those to give up: all while memory is short, and those of topologies that nobody uses any more. */
  surplus(labs: Iterable<Lab>, memory: Memory, now = Date.now()): Lab[] {
    const short = memory.available < memory.total * FREE_TO_KEEP;
    return [...labs].filter(isPooled).filter((lab) => {
      const wanted = this.#wanted.get(keyOf(lab.topology));
      return lab.phase !== 'building' && (short || (wanted !== undefined && now - wanted.at > IN_USE_MS));
    });
  }
}

export const isPooled = (lab: Lab): boolean => lab.saved.pooled === true;
const isWaiting = (lab: Lab): boolean => isPooled(lab) && (lab.phase === 'ready' || lab.phase === 'frozen');

/** Two topologies that are the same in everything make the same labs. */
const keyOf = (topology: Topology): string => createHash('sha256').update(JSON.stringify(topology)).digest('hex');

/** The machine's memory in bytes, as proc_meminfo(5) counts what programs could still have. */
export function machineMemory(): Memory {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { total: bytes('MemTotal'), available: bytes('MemAvailable') };
}
