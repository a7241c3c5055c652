import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Reads of /proc. A process that has gone is undefined, never an error. */
export function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined; // gone, which is an answer
  }
}

/** The names in a folder of a process: its threads (`task`), its open files (`fd`). */
export function listProc(pid: number, folder: 'task' | 'fd'): string[] {
  try {
    return readdirSync(`/proc/${pid}/${folder}`);
  } catch {
    return []; // gone, which is an answer
  }
}

/** Where a link of /proc leads: `net:[4026531840]`, `socket:[1234]`. */
export function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // gone, or closed since it was listed
  }
}

/** When a process started, in clock ticks since boot: with the pid it names a process for good (proc_pid_stat(5), field 22). */
export function startTime(pid: number): number | undefined {
  const fields = statFields(pid);
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return Number(fields[19]);
}

/** The fields of /proc/PID/stat after the command's name, which may hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  const stat = readProc(pid, 'stat');
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export function namespaceId(pid: number, kind: 'net' | 'pid' | 'user' | 'mnt'): string | undefined {
  return linkOf(`/proc/${pid}/ns/${kind}`);
}
