import { readdirSync, readlinkSync } from 'node:fs';
import type { OpenPath } from '../../system/lab-files.ts';
import { namespaceId, readProc } from '../../system/proc.ts';

/**
 * The processes of a node, seen from outside: those in its PID namespace, or below it only by way of containers.
 * @param node /proc/… of the node's first process
 * @param netns only those in this network namespace
 */
export function listProcesses(node: string, netns?: OpenPath): { name: string; args: string }[] {
  const wanted = readlinkSync(`${node}/ns/pid`);
  const net = netns && `net:[${netns.stat().inode}]`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => namespaceId(pid, 'pid') === wanted && (!net || namespaceId(pid, 'net') === net))
    .map((pid) => ({
      name: readProc(pid, 'comm')?.trim() ?? '',
      args: readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim().slice(0, 4096) ?? '',
    }))
    .filter(({ name }) => name !== '');
}
