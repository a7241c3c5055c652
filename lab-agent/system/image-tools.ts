import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { HoplabError } from '../contract/errors.ts';

/**
 * The node image's programs, run on the host. Debian 12's util-linux is too old for mapped mounts, and other hosts have
 * other versions, so the image's own are used: busybox is static; dynamic ones go through the image's loader.
 */
export type ImageTools = {
  /** The image's root folder on this machine. */
  readonly root: string;
  readonly busybox: string;
  /** The command line that runs a dynamic program of the image on the host. */
  program(path: string): [string, ...string[]];
  /** Where in the image its loader and its libraries are. */
  readonly loader: { path: string; libraries: string };
  /** Where the image has a program, by its name: `/usr/sbin/ip`. A name with a slash stands for itself. */
  find(name: string): string;
};

const PROGRAM_FOLDERS = ['usr/sbin', 'usr/bin'];

const LOADERS: Partial<Record<NodeJS.Architecture, { loader: string; libraries: string }>> = {
  x64: { loader: 'usr/lib64/ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
  arm64: { loader: 'usr/lib/ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
};

/** @throws HoplabError `unavailable` when the folder is no node image. */
export function imageTools(root: string): ImageTools {
  const arch = LOADERS[process.arch];
  if (!arch)
    throw new HoplabError('unsupported', `no node image for ${process.arch}`, 'Use an x86-64 or arm64 machine.');
  const busybox = join(root, 'usr/bin/busybox');
  if (!existsSync(busybox)) {
    throw new HoplabError('unavailable', `${root} holds no node image`, 'Build it: npm start does.');
  }
  const loader = join(root, arch.loader);
  const libraries = join(root, arch.libraries);
  const found = new Map<string, string>();
  return {
    root,
    busybox,
    loader: { path: arch.loader, libraries: arch.libraries },
    program: (path) => [loader, '--library-path', libraries, join(root, path)],
    find(name) {
      if (name.includes('/')) return name;
      const path = found.get(name) ?? findProgram(root, name);
      found.set(name, path);
      return path;
    },
  };
}

function findProgram(root: string, name: string): string {
  const folder = PROGRAM_FOLDERS.find((f) => lstatSync(join(root, f, name), { throwIfNoEntry: false }));
  if (!folder) throw new HoplabError('internal', `the node image has no program "${name}"`, 'Build the image again.');
  return `/${folder}/${name}`;
}
