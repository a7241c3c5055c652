import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { recipeHash } from './recipe.ts';

/**
 * Where built images lie: `~/.cache/hoplab/images/HASH/rootfs`, shared by all clones of this user. A folder without
 * `.partial` at its end is whole. Knows nothing of how one is built.
 */

/** All that Hoplab builds once and keeps on this machine. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hoplab');
}

export function imagesFolder(): string {
  return join(cacheFolder(), 'images');
}

/** Where this recipe's image is, or will be. */
export function imagePath(): { path: string; hash: string } {
  const hash = recipeHash();
  return { path: join(imagesFolder(), hash, 'rootfs'), hash };
}

export function isBuilt(hash: string): boolean {
  return existsSync(join(imagesFolder(), hash, 'rootfs'));
}

/** Notes that an image was used today: cleanOldImages keeps the ones used last. */
export function touchImage(hash: string): void {
  const now = new Date();
  utimesSync(join(imagesFolder(), hash), now, now);
}

/** Removes a tree that readers may still look for: first its name, then its files. */
export function removeTree(folder: string): void {
  if (!existsSync(folder)) return;
  const doomed = folder.endsWith('.partial') ? folder : `${folder}.${process.pid}.removing.partial`;
  if (doomed !== folder) renameSync(folder, doomed);
  rmSync(doomed, { recursive: true, force: true });
}

/** Labs live for hours: an image that was not used for so long has none, unless a process says otherwise. */
const SURELY_UNUSED_MS = 24 * 3600_000;

export type CleanOptions = {
  /** Hashes that are in use: always kept. Those that running processes name in their environment, unless given. */
  inUse?: Iterable<string>;
  /** Images of the present recipe: always kept. The node image, unless given. */
  present?: Iterable<string>;
  /** How many stay in any case, the ones used last first; the present recipe counts as one of them. */
  keep?: number;
};

/** Removes images of old recipes that nobody has used for a day, and returns their hashes. */
export function cleanOldImages({
  inUse = hashesInUse(),
  present = [recipeHash()],
  keep = 2,
}: CleanOptions = {}): string[] {
  const folder = imagesFolder();
  mkdirSync(folder, { recursive: true });
  const spared = new Set([...inUse, ...present]);
  const old = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{16}$/.test(name) && !spared.has(name))
    .map((hash) => ({ hash, used: statSync(join(folder, hash)).mtimeMs }))
    .sort((a, b) => b.used - a.used)
    .slice(Math.max(0, keep - 1))
    .filter(({ used }) => Date.now() - used > SURELY_UNUSED_MS);
  for (const { hash } of old) removeTree(join(folder, hash));
  return old.map(({ hash }) => hash);
}

/** Agents are told their image in the environment: agents of other clones are found by it. */
function hashesInUse(): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const named = readFileSync(`/proc/${pid}/environ`, 'utf8').matchAll(/hoplab\/images\/([0-9a-f]{16})\//g);
      return [...named].map((found) => found[1] as string);
    } catch {
      return []; // it has ended, or is another user's
    }
  });
}
