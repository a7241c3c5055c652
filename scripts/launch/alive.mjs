import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes that outlive the one that started them, told apart from later ones that were given the same number. */

/** @returns {string | undefined} when it started, in clock ticks since boot; undefined when it does not run */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** What to write down of a process to find it again. */
export const mark = (pid) => ({ pid, start: startOf(pid) });

/** @param {{ pid: number, start?: string } | undefined} marked */
export const isAlive = (marked) => marked?.start !== undefined && startOf(marked.pid) === marked.start;

/** True when it ended within the time, in milliseconds. */
export async function endedWithin(marked, ms) {
  const until = performance.now() + ms;
  while (isAlive(marked)) {
    if (performance.now() > until) return false;
    await sleep(20);
  }
  return true;
}
