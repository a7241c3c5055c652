import { closeSync, constants, fstatSync, opendirSync, openSync, readlinkSync, readSync, statfsSync } from 'node:fs';

/**
 * Opens files inside a lab's root from outside, where every name is hostile: each step of a path is opened from the folder
 * before it without following links; links are resolved here, inside the root, as the lab itself would resolve them
 * (what openat2's RESOLVE_IN_ROOT does; Node does not offer that call).
 */
const O_PATH = 0o10000000;
const NSFS_MAGIC = 0x6e736673;
const PROC_MAGIC = 0x9fa0;
const SYSFS_MAGIC = 0x62656572;
const MAX_LINKS = 20;
const MAX_COMPONENTS = 256;

/** An open file descriptor that closes itself. */
export class OpenPath implements Disposable {
  readonly fd: number;
  constructor(fd: number) {
    this.fd = fd;
  }
  get path(): string {
    return `/proc/self/fd/${this.fd}`;
  }
  stat(): { isFile: boolean; mode: number; inode: number } {
    const { mode, ino } = fstatSync(this.fd);
    return { isFile: (mode & constants.S_IFMT) === constants.S_IFREG, mode: mode & 0o7777, inode: ino };
  }
  isNamespace(): boolean {
    return statfsSync(this.path).type === NSFS_MAGIC;
  }
  /** Files of the kernel rather than of the lab. */
  isKernelFile(): boolean {
    return [PROC_MAGIC, SYSFS_MAGIC].includes(statfsSync(this.path).type);
  }
  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/**
 * @param root a folder that we trust: the root of a node, by way of /proc
 * @returns the file named, opened with O_PATH
 * @throws the system's error (ENOENT, ENOTDIR, ELOOP) when it is not there
 */
export function openInside(root: string, path: string): OpenPath {
  const folders = [openSync(root, O_PATH | constants.O_DIRECTORY)];
  const top = () => folders[folders.length - 1] as number;
  const todo = components(path).reverse();
  let links = 0;
  let steps = 0;
  try {
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      if (++steps > MAX_COMPONENTS) throw systemError('ELOOP', path);
      if (name === '..') {
        if (folders.length > 1) closeSync(folders.pop() as number);
        continue;
      }
      const fd = openSync(`/proc/self/fd/${top()}/${name}`, O_PATH | constants.O_NOFOLLOW);
      if (!fstatSync(fd).isSymbolicLink()) {
        folders.push(fd);
        continue;
      }
      closeSync(fd);
      if (++links > MAX_LINKS) throw systemError('ELOOP', path);
      const target = readlinkSync(`/proc/self/fd/${top()}/${name}`);
      if (target.startsWith('/')) while (folders.length > 1) closeSync(folders.pop() as number);
      todo.push(...components(target).reverse());
    }
    return new OpenPath(folders.pop() as number);
  } finally {
    for (const fd of folders) closeSync(fd);
  }
}

/** Opens a path that no learner can change, links and all. */
export function openTrusted(path: string): OpenPath {
  return new OpenPath(openSync(path, O_PATH));
}

/** Reads at most maxBytes of a regular file that was opened with openInside. */
export function readOpened(file: OpenPath, maxBytes: number): { text: string; truncated: boolean } {
  const fd = openSync(file.path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let size = 0;
    for (let n = -1; n !== 0 && size < buffer.length; size += n)
      n = readSync(fd, buffer, size, buffer.length - size, null);
    return { text: buffer.subarray(0, Math.min(size, maxBytes)).toString('utf8'), truncated: size > maxBytes };
  } finally {
    closeSync(fd);
  }
}

/** The names in a folder, in no order, at most `most`: a lab can make a hundred thousand. */
export function listOpened(folder: OpenPath, most: number): string[] {
  const names: string[] = [];
  const entries = opendirSync(folder.path);
  try {
    while (names.length < most) {
      const entry = entries.readSync();
      if (!entry) break;
      names.push(entry.name);
    }
  } finally {
    entries.closeSync();
  }
  return names;
}

function components(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
