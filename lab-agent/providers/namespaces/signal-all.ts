import { readProc } from '../../system/proc.ts';

/** Sends a signal to those of a lab's processes (by their numbers on this machine) that have one of the names. */
export function signalAll(pids: readonly number[], names: readonly string[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    if (!names.includes(readProc(pid, 'comm')?.trim() ?? '')) continue;
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended since it was listed.
    }
  }
}
