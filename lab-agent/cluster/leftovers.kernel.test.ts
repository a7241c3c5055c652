import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecord } from '../providers/namespaces/record.ts';
import type { RunningLab } from '../providers/provider.ts';
import { testLabs } from '../providers/testing/test-labs.ts';
import { followReadiness, stepsOf } from './readiness.ts';
import { readTopology, testTemplate } from './testing/cluster-lab.ts';
import { footprint } from './testing/footprint.ts';

/** Twenty clusters, ended at every stage of their start. */
type Stage = 'called off' | 'built' | 'api' | 'ready';
const ROUNDS: [Stage, number][] = [
  ['called off', 4],
  ['built', 10],
  ['api', 4],
  ['ready', 2],
];
const READY_MS = 180_000;
const GONE_MS = 60_000;

test('twenty clusters that were made and removed leave nothing behind', { timeout: 900_000 }, async () => {
  await using labs = testLabs();
  const topology = readTopology('kans');
  const template = await testTemplate(labs, topology);
  const firstIds = new Set<number>();
  const owner = { instance: labs.instance, runDir: labs.runDir, firstIds };
  const steps = topology.cluster ? stepsOf(topology.cluster) : [];

  const make = async (stage: Stage, round: number): Promise<RunningLab | undefined> => {
    const id = randomBytes(6).toString('hex');
    const since = Date.now();
    // Each is called off a little later than the one before.
    const signal = stage === 'called off' ? AbortSignal.timeout(50 + 100 * round) : AbortSignal.timeout(READY_MS);
    const building = labs.provider.build({ id, topology, template, signal });
    const lab = await building.catch((error: Error) => {
      if (stage !== 'called off') throw error;
      expect(error.message).toMatch(/called off/);
    });
    if (!lab) return undefined;
    firstIds.add(readRecord(join(labs.runDir, 'labs', id)).firstId);
    if (stage === 'api') await followReadiness(lab, { steps: ['api'], since, signal, onStep: () => undefined });
    if (stage === 'ready') await followReadiness(lab, { steps, since, signal, onStep: () => undefined });
    expect(signal.aborted && stage !== 'called off').toBe(false);
    return lab;
  };

  // What the first lab makes for all that follow is no leftover.
  await (await make('built', 0))?.destroy();
  const before = await footprint(owner);
  for (const [stage, count] of ROUNDS)
    for (let round = 0; round < count; round++) {
      const lab = await make(stage, round);
      if (lab && stage === 'ready') expect((await footprint(owner)).size).toBeGreaterThan(before.size + 100);
      await lab?.destroy();
      if (lab) expect(lab.alive()).toBe(false);
    }
  // Network namespaces are taken down by a kernel thread of its own.
  const grown = async () => [...(await footprint(owner))].filter((line) => !before.has(line));
  await expect.poll(grown, { timeout: GONE_MS, interval: 500 }).toEqual([]);
});
