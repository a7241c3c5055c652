import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cleanOldImages, imagePath, imagesFolder, removeTree, touchImage } from '../cache.ts';
import { clusterRecipe } from './cluster-image.ts';
import { goCaches } from './go.ts';
import { partFolder, partsFolder } from './part.ts';

/**
 * Removes what builds of old recipes left in the cache folder: images, parts, logs. What the present recipe is made of stays,
 * and so does what another clone may still want. Knows nothing of templates.
 */

const DAY_MS = 24 * 3600_000;
/** Parts of another clone's recipe save it minutes of compiling; they are touched at each of its builds. */
const PART_UNUSED_MS = 14 * DAY_MS;
/** No build takes so long: what is half made belongs to none any more. */
const HALF_MADE_MS = DAY_MS;

/** Removes it, notes that the present images are used, and returns the names of images and parts that went. */
export function cleanUp(now = Date.now()): string[] {
  const recipe = clusterRecipe();
  const present = [imagePath().hash, recipe.hash];
  for (const hash of present) if (existsSync(join(imagesFolder(), hash))) touchImage(hash);
  const images = cleanOldImages({ present }); // makes the folder, too
  cleanNotes(new Set(present), now);
  if (existsSync(join(imagesFolder(), recipe.hash))) cleanGoCaches();
  return [...images, ...cleanParts(new Set(recipe.parts.map((part) => basename(partFolder(part)))), now)];
}

/** Logs and status files of images that are gone, or never came to be. */
function cleanNotes(present: ReadonlySet<string>, now: number): void {
  for (const name of readdirSync(imagesFolder())) {
    const [, hash = ''] = /^([0-9a-f]{16})\.(?:log|status\.json(?:\.\d+)?)$/.exec(name) ?? [];
    if (!hash || present.has(hash) || existsSync(join(imagesFolder(), hash))) continue;
    if (isOlder(join(imagesFolder(), name), DAY_MS, now)) removeTree(join(imagesFolder(), name));
  }
}

/** Gigabytes that only another version of Kubernetes or Calico would make some use of. */
function cleanGoCaches(): void {
  // Whoever builds now, for another clone, holds the lock.
  if (existsSync(join(imagesFolder(), 'cluster-lock'))) return;
  for (const folder of Object.values(goCaches())) removeTree(folder);
}

function cleanParts(present: ReadonlySet<string>, now: number): string[] {
  if (!existsSync(partsFolder())) return [];
  const old = readdirSync(partsFolder()).filter((name) => {
    const path = join(partsFolder(), name);
    if (name.endsWith('.partial')) return isOlder(path, HALF_MADE_MS, now);
    return !present.has(name.replace(/\.log$/, '')) && isOlder(path, PART_UNUSED_MS, now);
  });
  for (const name of old) removeTree(join(partsFolder(), name));
  return old.filter((name) => !name.endsWith('.log'));
}

/** What another process removed meanwhile is not ours to remove. */
function isOlder(path: string, ms: number, now: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && now - stat.mtimeMs > ms;
}
