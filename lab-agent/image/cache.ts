import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { recipeHash } from './recipe.ts';

/**
 * Where built images lie: `~/.cache/hoplab/images/HASH/rootfs`, shared by all clones of this user. A folder without
 * `.partial` at its end is whole. Knows nothing of how one is built.
 */

export function imagesFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hoplab', 'images');
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

export type CleanOptions = {
  /** Hashes that a running lab stands on: always kept. */
  inUse?: Iterable<string>;
  /** How many others stay, the ones used last first. */
  keep?: number;
};

/** Removes images of old recipes and returns their hashes. The present recipe's image stays. */
export function cleanOldImages({ inUse = [], keep = 2 }: CleanOptions = {}): string[] {
  const folder = imagesFolder();
  mkdirSync(folder, { recursive: true });
  const spared = new Set([...inUse, recipeHash()]);
  const old = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{16}$/.test(name) && !spared.has(name))
    .map((hash) => ({ hash, used: statSync(join(folder, hash)).mtimeMs }))
    .sort((a, b) => b.used - a.used)
    .slice(Math.max(0, keep - 1));
  for (const { hash } of old) removeTree(join(folder, hash));
  return old.map(({ hash }) => hash);
}
