import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoplabError } from '../contract/errors.ts';
import { runMmdebstrap } from '../system/mmdebstrap.ts';
import { imagePath, imagesFolder, isBuilt, removeTree, touchImage } from './cache.ts';
import { finishRootfs } from './finish.ts';
import { takeLock } from './lock.ts';
import { type Progress, progressReader } from './progress.ts';
import { LEFT_OUT, packageList, SUITE } from './recipe.ts';

/**
 * Builds the node image once. What is half built has a name ending in `.partial` and is thrown away by the next build,
 * except for the downloaded packages, which are kept. Knows nothing of labs.
 */

const NEEDED_BYTES = 1.5e9;
/** The base system's packages, which packages.txt does not name: the first guess of the progress display. */
const BASE_PACKAGES = 140;
const LAST_LINES = 12;

export type EnsureOptions = {
  onProgress?: (progress: Progress) => void;
  /** Called once when another process builds already, with its pid. */
  onWait?: (pid: number) => void;
  signal?: AbortSignal;
};

/**
 * The path and hash of the present recipe's image, building it if it is not there. Safe to call from several processes.
 * @throws HoplabError `build-failed` that names the log file, or `unavailable` when there is no root or no disk for it
 */
export async function ensureImage(options: EnsureOptions = {}): Promise<{ path: string; hash: string }> {
  const image = imagePath();
  if (!isBuilt(image.hash)) {
    mustBeRoot();
    mkdirSync(imagesFolder(), { recursive: true });
    using _lock = await takeLock(join(imagesFolder(), 'lock'), options);
    // Another clone may have built it while we waited.
    if (!isBuilt(image.hash)) await build(image.hash, options);
  }
  if (process.getuid?.() === 0) touchImage(image.hash);
  return image;
}

async function build(hash: string, { onProgress, signal }: EnsureOptions): Promise<void> {
  const folder = imagesFolder();
  const partial = join(folder, `${hash}.partial`);
  const debs = join(folder, 'debs');
  const log = join(folder, `${hash}.log`);
  mkdirSync(debs, { recursive: true });
  clearPartial(folder, debs);
  mustHaveRoom(folder);
  const temporary = join(partial, 'tmp');
  mkdirSync(temporary, { recursive: true });
  writeFileSync(log, `${new Date().toISOString()} building node image ${hash}\n`);
  const packages = packageList();
  const read = progressReader(packages.length + BASE_PACKAGES);
  const rootfs = join(partial, 'rootfs');
  const last: string[] = [];
  const result = await runMmdebstrap({
    suite: SUITE,
    mirror: process.env.HOPLAB_DEBIAN_MIRROR || 'http://deb.debian.org/debian',
    packages,
    leftOut: LEFT_OUT,
    target: rootfs,
    temporary,
    debs,
    ...(signal ? { signal } : {}),
    onLine: (line) => {
      appendFileSync(log, `${line}\n`);
      if (line.trim() !== '' && last.push(line) > LAST_LINES) last.shift();
      onProgress?.(read(line));
    },
  });
  keepDebs(rootfs, debs);
  if (!result.ok) {
    clearPartial(folder, debs);
    signal?.throwIfAborted();
    throw failed(result.why, last, log);
  }
  onProgress?.({ fraction: 0.97, stage: 'finishing' });
  finishRootfs(rootfs);
  removeTree(temporary);
  renameSync(partial, join(folder, hash));
  onProgress?.({ fraction: 1, stage: 'done' });
}

/** Throws away what builds that were cut off left behind, all but the packages they had downloaded. */
function clearPartial(folder: string, debs: string): void {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.partial'))) {
    keepDebs(join(folder, name, 'rootfs'), debs);
    removeTree(join(folder, name));
  }
}

/** apt moves a package to `archives` only when it is whole and its sum is right. */
export function keepDebs(rootfs: string, debs: string): void {
  const archives = join(rootfs, 'var/cache/apt/archives');
  if (!existsSync(archives)) return;
  for (const name of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    renameSync(join(archives, name), join(debs, name));
  }
}

function mustBeRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new HoplabError(
    'unavailable',
    'Building the node image needs root: it makes files that belong to root.',
    'Run `npm start`, which calls sudo for this part, or run it as root.',
  );
}

function mustHaveRoom(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= NEEDED_BYTES) return;
  throw new HoplabError(
    'unavailable',
    `Building the node image needs 1.5 GB of disk; ${folder} has ${(free / 1e9).toFixed(1)} GB free.`,
    'Make room, or set XDG_CACHE_HOME to a folder on a larger disk.',
  );
}

function failed(why: string, last: readonly string[], log: string): HoplabError {
  const text = last.join('\n');
  let hint = `The whole log is ${log}. Run it again: downloaded packages are kept.`;
  if (/Temporary failure resolving|Could not connect|Connection (timed out|refused)|Could not resolve/.test(text)) {
    hint = `The Debian mirror could not be reached. Check the network, or name another mirror in HOPLAB_DEBIAN_MIRROR. Log: ${log}`;
  } else if (/NO_PUBKEY|not signed|keyring/i.test(text)) {
    hint = `This machine does not know Debian's keys: install the package debian-archive-keyring. Log: ${log}`;
  } else if (/No space left on device/.test(text)) {
    hint = `The disk is full. Make room, or set XDG_CACHE_HOME to a folder on a larger disk. Log: ${log}`;
  } else if (/not installed$/.test(why)) {
    hint = 'Install it: apt-get install mmdebstrap (Debian, Ubuntu), pacman -S mmdebstrap (Arch).';
  }
  return new HoplabError('build-failed', `The node image could not be built: ${why}.\n${text}`, hint);
}
