import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OpenPath } from '../../system/lab-files.ts';
import { linkOf } from '../../system/proc.ts';

/**
 * The processes of a node, those of its containers too, seen from outside: as `ps` on a machine shows them.
 * @param node /proc/… of the node's first process, in the /proc of the lab's outermost PID namespace
 * @param netns only those in this network namespace
 */
export function listProcesses(node: string, netns?: OpenPath): { name: string; args: string }[] {
  const wanted = readlinkSync(`${node}/ns/pid`);
  const net = netns && `net:[${netns.stat().inode}]`;
  const folder = dirname(node);
  const ours = membership(folder, wanted);
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name) && ours(name))
    .filter((pid) => !net || linkOf(`${folder}/${pid}/ns/net`) === net)
    .map((pid) => ({
      name: textOf(`${folder}/${pid}/comm`).trim(),
      args: textOf(`${folder}/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 4096),
    }))
    .filter(({ name }) => name !== '');
}

/**
 * A container has a PID namespace of its own, below the node's, and its first process was started by one of the node's: so a
 * process belongs to the node when it, or one that it descends from, is in the node's own PID namespace. What the agent
 * itself starts in the lab descends from nobody here.
 */
function membership(folder: string, wanted: string): (pid: string) => boolean {
  const known = new Map<string, boolean>([['0', false]]);
  return function ours(pid): boolean {
    const before = known.get(pid);
    if (before !== undefined) return before;
    known.set(pid, false); // numbers may be given anew while we read: a circle ends here
    const result = linkOf(`${folder}/${pid}/ns/pid`) === wanted || ours(parentOf(`${folder}/${pid}/stat`));
    known.set(pid, result);
    return result;
  };
}

/** proc_pid_stat(5), field 4; the command's name before it may hold spaces and brackets. */
function parentOf(file: string): string {
  const stat = textOf(file);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '0';
}

/** A process that has gone has no text. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
