import { existsSync, mkdirSync, renameSync, statfsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { HoplabError } from '../../contract/errors.ts';
import { ensureImage } from '../build.ts';
import { imagesFolder, removeTree } from '../cache.ts';
import { takeLock } from '../lock.ts';
import { recipeFolder } from '../recipe.ts';
import { assemble, clusterNodePart } from './cluster-node.ts';
import { componentNames, componentPart, toolsPart } from './components.ts';
import { layerPart, type Sources } from './container-images.ts';
import { scriptPath } from './debian.ts';
import { recipeHashOf } from './hash.ts';
import { baseOf, type ImageRecipe, imageRecipes } from './image-recipe.ts';
import { type BuildStep, ensurePart, type Part, partFolder, partIsBuilt } from './part.ts';
import { storePart } from './store.ts';

/**
 * The cluster image: the plain node image with everything that a cluster's nodes have. All parts and their hashes are known
 * before anything is built.
 */
type Recipe = { hash: string; parts: Part[]; assembly: Part };

/** Where this recipe's cluster image is, or will be. */
export function clusterImagePath(): { path: string; hash: string } {
  const { hash } = clusterRecipe();
  return { path: join(imagesFolder(), hash, 'rootfs'), hash };
}

export const clusterImageIsBuilt = (): boolean => existsSync(clusterImagePath().path);

export type EnsureClusterImage = {
  onProgress?: (progress: { fraction: number; stage: string }) => void;
  onWait?: (pid: number) => void;
  signal?: AbortSignal;
};

/** Parts and image take 5 GB together, packing another one; Go's own caches 9 GB while programs are compiled. */
const NEEDED_BYTES = 6e9;
const NEEDED_TO_COMPILE_BYTES = 15e9;

/**
 * Builds the cluster image if it is not there; parts that did not change are not built again.
 * @throws HoplabError `build-failed` naming the log, `unavailable` without root, disk or Go
 */
export async function ensureClusterImage(options: EnsureClusterImage = {}): Promise<{ path: string; hash: string }> {
  await ensureImage(options.signal ? { signal: options.signal } : {});
  const recipe = clusterRecipe();
  const folder = join(imagesFolder(), recipe.hash);
  if (!existsSync(folder)) {
    mustBePossible(recipe);
    using _lock = await takeLock(join(imagesFolder(), 'cluster-lock'), options);
    if (!existsSync(folder)) await buildAll(recipe, folder, options);
  }
  const now = new Date();
  if (process.getuid?.() === 0) utimesSync(folder, now, now);
  return { path: join(folder, 'rootfs'), hash: recipe.hash };
}

async function buildAll(recipe: Recipe, folder: string, { onProgress, signal }: EnsureClusterImage): Promise<void> {
  const all = [...recipe.parts, recipe.assembly];
  const total = all.reduce((sum, part) => sum + part.seconds, 0);
  let done = 0;
  for (const part of all) {
    // An import may have brought all of it meanwhile.
    if (existsSync(folder)) break;
    const say: BuildStep['say'] = (stage, fraction = 0) =>
      onProgress?.({ fraction: (done + part.seconds * fraction) / total, stage });
    if (part === recipe.assembly || !partIsBuilt(part)) say(part.name);
    await ensurePart(part, { say, signal });
    done += part.seconds;
  }
  // The assembly holds links to its parts: under its own name among the images it is what labs run on.
  if (existsSync(folder)) removeTree(partFolder(recipe.assembly));
  else renameSync(partFolder(recipe.assembly), folder);
  onProgress?.({ fraction: 1, stage: 'done' });
}

/** Everything that is built, in order. */
export function clusterRecipe(): Recipe {
  const node = clusterNodePart();
  const components = new Map(componentNames().map((name) => [name, componentPart(name)]));
  const tools = toolsPart();
  const sources: Sources = {
    parts: new Map([...components, ['tools', tools]]),
    nodeRoot: join(partFolder(node), 'rootfs'),
    nodeHash: node.hash,
  };
  const recipes = imageRecipes();
  const layers = new Map<string, Part>();
  const layerOf = (recipe: ImageRecipe): Part => {
    const known = layers.get(recipe.name);
    if (known) return known;
    const made = layerPart(recipe, recipe.from === undefined ? undefined : layerOf(baseOf(recipe, recipes)), sources);
    layers.set(recipe.name, made);
    return made;
  };
  const layersOf = (recipe: ImageRecipe): Part[] =>
    recipe.from === undefined ? [layerOf(recipe)] : [...layersOf(baseOf(recipe, recipes)), layerOf(recipe)];
  const images = [...recipes.values()].map((recipe) => ({ recipe, layers: layersOf(recipe) }));
  const store = storePart(node, images);
  const parts = [node, ...components.values(), tools, ...layers.values(), store];
  const folders = ['cluster-files', 'templates'].map((name) => join(recipeFolder(), name));
  const hash = recipeHashOf([1, parts.map((part) => part.hash)], [...folders, scriptPath('finish-cluster-node.sh')]);
  const build = (target: string, step: BuildStep) => assemble(target, { node, components, tools, store }, step);
  return { hash, parts, assembly: { name: 'cluster-image', hash, seconds: 5, build } };
}

function mustBePossible({ parts }: Recipe): void {
  if (process.getuid?.() !== 0) {
    throw new HoplabError(
      'unavailable',
      'Building the cluster image needs root.',
      'Run `npm start`, or run it as root.',
    );
  }
  mkdirSync(imagesFolder(), { recursive: true });
  const compiles = parts.some((part) => part.name.startsWith('component-') && !partIsBuilt(part));
  const needed = compiles ? NEEDED_TO_COMPILE_BYTES : NEEDED_BYTES;
  const { bavail, bsize } = statfsSync(imagesFolder());
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new HoplabError(
    'unavailable',
    `Building the cluster image needs ${gigabytes(needed)} of disk; ${imagesFolder()} has ${gigabytes(bavail * bsize)} free.`,
    'Make room, set XDG_CACHE_HOME to a folder on a larger disk, or import a built image: npm run image -- import FILE.',
  );
}
