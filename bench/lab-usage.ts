import { readdirSync, readFileSync } from 'node:fs';

/** What the processes of all labs on this machine use; they are known by their user ids (id-slots.ts). */
const FIRST_ID = 0x70000000;
/** proc_pid_stat(5) counts in these; the kernel's USER_HZ is 100 on all architectures that matter here. */
const TICKS_PER_SECOND = 100;

/** Anonymous memory, shared parts counted once, in KiB. */
export const labMemoryKib = (): number =>
  labPids().reduce((sum, pid) => sum + Number(/^Pss_Anon:\s+(\d+)/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0), 0);

/** Processor time of all processes that live now, in seconds. */
export const labProcessorSeconds = (): number => labPids().reduce((sum, pid) => sum + ticks(pid), 0) / TICKS_PER_SECOND;

function ticks(pid: string): number {
  const stat = read(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Of the process and of those that it has waited for: probes come and go.
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
}

function labPids(): string[] {
  return readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && Number(/^Uid:\s+(\d+)/m.exec(read(name, 'status'))?.[1] ?? 0) >= FIRST_ID,
  );
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
