import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recipeFiles } from './recipe.ts';

/** Files that devices of the host are bound over when a node starts: the image itself holds no device. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'console', 'net/tun'];
const DEV_FOLDERS = ['pts', 'shm', 'mqueue', 'net'];
const DEV_LINKS = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
  ptmx: 'pts/ptmx',
};

/** What apt and dpkg leave behind; also what would make two nodes one machine. */
const EMPTIED = ['dev', 'run', 'tmp', 'var/tmp', 'var/cache/apt', 'var/lib/apt/lists', 'var/log', 'var/cache/debconf'];

/** Programs look for these as files; each node writes its own, over the image's. */
const BLANK_FILES = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'etc/machine-id', 'etc/fstab'];

/** Turns what mmdebstrap left into a node's root: no caches, no devices, our own files. */
export function finishRootfs(rootfs: string): void {
  for (const folder of EMPTIED) {
    mkdirSync(join(rootfs, folder), { recursive: true });
    for (const name of readdirSync(join(rootfs, folder))) {
      rmSync(join(rootfs, folder, name), { recursive: true, force: true });
    }
  }
  for (const name of BLANK_FILES) {
    rmSync(join(rootfs, name), { force: true });
    writeFileSync(join(rootfs, name), '');
    chmodSync(join(rootfs, name), 0o644);
  }
  makeDevices(join(rootfs, 'dev'));
  for (const { source, path, mode } of recipeFiles()) {
    const target = join(rootfs, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    copyFileSync(source, target);
    chmodSync(target, mode);
  }
}

function makeDevices(dev: string): void {
  for (const name of DEV_FOLDERS) mkdirSync(join(dev, name), { mode: 0o755 });
  for (const name of DEVICES) writeFileSync(join(dev, name), '');
  for (const [name, target] of Object.entries(DEV_LINKS)) symlinkSync(target, join(dev, name));
}
