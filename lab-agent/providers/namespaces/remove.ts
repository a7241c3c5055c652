import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoplabError } from '../../contract/errors.ts';
import { groupFolders, processesOf, removeGroup, setFrozen } from '../../system/cgroups.ts';
import type { IdSlots } from './id-slots.ts';
import { firstLives, type LabRecord } from './record.ts';

/** How long nothing may happen: many labs that end at once, three thousand processes, keep a machine busy for longer. */
const STALLED_MS = 10_000;

/**
 * Ends a lab and removes what it had. Its first process takes all others with it (pid_namespaces(7)); the cgroup finds those
 * that a half-done build left outside. Doing it twice does no harm.
 */
export async function removeLab(record: LabRecord, folder: string, slots: IdSlots): Promise<void> {
  let until = Date.now() + STALLED_MS;
  let left = Number.POSITIVE_INFINITY;
  const exists = groupFolders(record.group).some((path) => existsSync(path));
  // A frozen process does not die of a signal under cgroup v1.
  if (exists) setFrozen(record.group, false);
  for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
    if (record.first && firstLives(record)) kill(record.first.pid);
    else for (const pid of processesOf(record.group)) kill(pid);
    const pids = processesOf(record.group);
    if (pids.length === 0 && removeGroup(record.group)) break;
    if (pids.length < left) {
      left = pids.length;
      until = Date.now() + STALLED_MS;
    }
    if (Date.now() > until) {
      throw new HoplabError('internal', `lab ${record.id} did not end: processes ${pids.join(' ')} stay`);
    }
    await sleep(pause);
  }
  rmSync(folder, { recursive: true, force: true });
  if (record.slot >= 0) slots.release(record.slot);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
