import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A lock file between processes that share a folder. It holds "PID START", so that a lock whose holder was killed, or
 * whose number was given to another process since, is known to be stale.
 */

const POLL_MS = 500;

/** When a process started, in clock ticks since boot; undefined when none of this number runs (a zombie does not). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function holderOf(file: string): { pid: number; alive: boolean } | undefined {
  try {
    const [pid, start] = readFileSync(file, 'utf8').trim().split(' ');
    return { pid: Number(pid), alive: start !== undefined && startOf(Number(pid)) === start };
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock, waiting for its holder as long as that one lives.
 * @param onWait called once, with the holder's pid, when there is someone to wait for
 * @throws AbortError when `signal` fires while waiting
 */
export async function takeLock(
  file: string,
  { onWait, signal }: { onWait?: (pid: number) => void; signal?: AbortSignal } = {},
): Promise<Disposable> {
  let told = false;
  const mine = `${file}.${process.pid}`;
  // Written whole under another name, then linked: nobody ever reads a lock that is half written.
  writeFileSync(mine, `${process.pid} ${startOf(process.pid)}\n`);
  try {
    for (;;) {
      try {
        linkSync(mine, file);
        return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = holderOf(file);
      if (holder && !holder.alive) rmSync(file, { force: true });
      else {
        if (holder && !told) onWait?.(holder.pid);
        told = true;
        await sleep(POLL_MS, undefined, { signal });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}
