import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Control groups of labs under cgroup v1 and v2. The limits sit on a group that the lab cannot write to; a node that runs
 * containers gets a group of its own below it. It knows names of groups, nothing of what runs in them.
 */
export type Limits = { memoryBytes: number; processes: number };

const V1_ROOT = '/sys/fs/cgroup';
/** What labs are held by; all else is left alone. `systemd` and `blkio` matter to containers only. */
const V1_CONTROLLERS = ['pids', 'memory', 'freezer', 'cpu', 'cpuacct', 'cpuset', 'devices', 'blkio', 'systemd'];

export type CgroupVersion = 1 | 2;

export function cgroupVersion(): CgroupVersion {
  return existsSync(join(V1_ROOT, 'cgroup.controllers')) ? 2 : 1;
}

/** The folders that make up one group: one under v2, one per controller under v1. */
export function groupFolders(group: string): string[] {
  if (cgroupVersion() === 2) return [join(V1_ROOT, group)];
  return V1_CONTROLLERS.filter((c) => existsSync(join(V1_ROOT, c))).map((c) => join(V1_ROOT, c, group));
}

/** Files to which a process writes "0" to join. */
export const joinFiles = (group: string): string[] => groupFolders(group).map((folder) => join(folder, 'cgroup.procs'));

/** Makes a group, with its parents' controllers switched on. Throws the system's error when that is refused. */
export function makeGroup(group: string): void {
  for (const folder of groupFolders(group)) {
    mkdirSync(folder, { recursive: true });
    inheritCpuset(folder, group);
  }
  if (cgroupVersion() === 2) enableControllers(group);
}

export function setLimits(group: string, limits: Limits): void {
  const v2 = cgroupVersion() === 2;
  write(group, 'memory', v2 ? 'memory.max' : 'memory.limit_in_bytes', String(limits.memoryBytes));
  write(group, 'pids', 'pids.max', String(limits.processes));
  // Equal shares: one learner's busy loop does not slow another's lab.
  setCpuShare(group, 'normal');
}

const SHARES = { background: 0.1, normal: 1, foremost: 4 };

/** A group in the background gets a tenth of what another gets when both want all; a foremost one four times as much. */
export function setCpuShare(group: string, share: keyof typeof SHARES): void {
  const part = SHARES[share];
  if (cgroupVersion() === 2) write(group, 'cpu', 'cpu.weight', String(100 * part));
  else write(group, 'cpu', 'cpu.shares', String(Math.round(1024 * part)));
}

export function setFrozen(group: string, frozen: boolean): void {
  if (cgroupVersion() === 2) write(group, 'freezer', 'cgroup.freeze', frozen ? '1' : '0');
  else write(group, 'freezer', 'freezer.state', frozen ? 'FROZEN' : 'THAWED');
}

/** The processes of a group and of all groups below it. */
export function processesOf(group: string): number[] {
  const [folder] = groupFolders(group);
  return folder && existsSync(folder) ? walk(folder) : [];
}

/** Removes a group and those below it; false while processes are still leaving. */
export function removeGroup(group: string): boolean {
  return groupFolders(group).every((folder) => !existsSync(folder) || removeTree(folder));
}

export function groupsBelow(group: string): string[] {
  const names = groupFolders(group)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => subfolders(folder));
  return [...new Set(names)];
}

function removeTree(folder: string): boolean {
  for (const name of subfolders(folder)) removeTree(join(folder, name));
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

function walk(folder: string): number[] {
  const own = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  return [...own, ...subfolders(folder).flatMap((name) => walk(join(folder, name)))];
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function folderOf(group: string, controller: string): string {
  return cgroupVersion() === 2 ? join(V1_ROOT, group) : join(V1_ROOT, controller, group);
}

function write(group: string, controller: string, file: string, value: string): void {
  const path = join(folderOf(group, controller), file);
  if (existsSync(path)) writeFileSync(path, value);
}

/** v1's cpuset is empty in a new group, and nothing can join it until it is filled. */
function inheritCpuset(folder: string, group: string): void {
  if (!folder.startsWith(`${V1_ROOT}/cpuset/`)) return;
  let path = `${V1_ROOT}/cpuset`;
  for (const name of group.split('/')) {
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      writeFileSync(join(path, name, file), readFileSync(join(path, file), 'utf8'));
    }
    path = join(path, name);
  }
}

/** v2 hands controllers down one level at a time. */
function enableControllers(group: string): void {
  let folder = V1_ROOT;
  for (const name of group.split('/')) {
    const has = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
    for (const controller of ['memory', 'pids', 'cpu', 'io', 'cpuset'].filter((c) => has.includes(c))) {
      writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`);
    }
    folder = join(folder, name);
  }
}
