import { cpSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HoplabError } from '../../contract/errors.ts';
import { bootstrap, derive, scriptPath } from './debian.ts';
import { recipeHashOf } from './hash.ts';
import { type ImageRecipe, recipeProblem } from './image-recipe.ts';
import { type BuildStep, type Part, partFolder } from './part.ts';

/** Container images as layers: folders that are packed and imported together (store.ts). */

/** Where `copy` takes things from. */
export type Sources = { parts: ReadonlyMap<string, Part>; nodeRoot: string; nodeHash: string };

/** The layer of one image as a part: a folder `rootfs` with what it adds to the image that it is from. */
export function layerPart(recipe: ImageRecipe, base: Part | undefined, sources: Sources): Part {
  const used = Object.values(recipe.copy).map((source) => hashOfSource(source, recipe, sources));
  const { packages, copy, links, run, writable, without, from } = recipe;
  const layer = join(recipe.folder, 'layer');
  const made = packages.length > 0 && from ? [scriptPath('derive.sh')] : [];
  const paths = [...(existsSync(layer) ? [layer] : []), ...made];
  return {
    name: `layer-${recipe.name}`,
    hash: recipeHashOf([2, packages, copy, links, run, writable, without, from, base?.hash, used], paths),
    seconds: packages.length > 0 ? (from ? 12 : 20) : 2,
    build: (target, step) => buildLayer(recipe, base, sources, target, step),
  };
}

async function buildLayer(
  recipe: ImageRecipe,
  base: Part | undefined,
  sources: Sources,
  target: string,
  step: BuildStep,
): Promise<void> {
  step.say(`making the image ${recipe.names[0] ?? recipe.name}`);
  const rootfs = join(target, 'rootfs');
  if (recipe.packages.length > 0 && base) {
    mkdirSync(rootfs);
    const lower = join(partFolder(base), 'rootfs');
    await derive(step, { base: lower, target: rootfs, mode: 'layer', packages: recipe.packages });
  } else if (recipe.packages.length > 0) await bootstrap(step, target, recipe.packages);
  mkdirSync(rootfs, { recursive: true });
  for (const [path, source] of Object.entries(recipe.copy)) {
    const from = pathOfSource(source, sources);
    if (!existsSync(from)) throw notThere(recipe, source);
    mkdirSync(dirname(join(rootfs, path)), { recursive: true });
    cpSync(from, join(rootfs, path), { recursive: true, dereference: statSync(from).isFile() });
  }
  for (const path of recipe.without) await step.run({ argv: ['rm', '-rf', join(rootfs, path)] });
  const layer = join(recipe.folder, 'layer');
  if (existsSync(layer)) await step.run({ argv: ['cp', '-rT', '--remove-destination', layer, rootfs] });
  for (const [path, leads] of Object.entries(recipe.links)) {
    mkdirSync(dirname(join(rootfs, path)), { recursive: true });
    symlinkSync(leads, join(rootfs, path));
  }
  await finishLayer(recipe, rootfs, step);
}

async function finishLayer({ run, packages, writable }: ImageRecipe, rootfs: string, step: BuildStep): Promise<void> {
  const [program, ...args] = run;
  if (program) await step.run({ argv: ['chroot', rootfs, program, ...args], apart: true });
  const open = ['mkdir -p "$@"', 'chmod 1777 "$@"'].join(' && ');
  const folders = writable.map((path) => join(rootfs, path));
  // Whoever built it, files belong to the image's root, and a clone's umask must not show.
  if (packages.length === 0) {
    await step.run({ argv: ['chown', '-R', '0:0', rootfs] });
    await step.run({ argv: ['chmod', '-R', 'u=rwX,go=rX', rootfs] });
  }
  if (folders.length > 0) await step.run({ argv: ['sh', '-c', open, 'sh', ...folders] });
}

function hashOfSource(source: string, recipe: ImageRecipe, { parts, nodeHash }: Sources): string {
  if (source.startsWith('node:/')) return nodeHash;
  const [name = '', ...rest] = source.split('/');
  const part = parts.get(name);
  if (!part) {
    const hint = `Parts: ${[...parts.keys()].join(', ')}; node:/path is a file of the node image.`;
    throw recipeProblem(recipe, 'copy', `${source}: there is no part "${name}"`, hint);
  }
  const wanted = rest.slice(0, rest[0] === 'files' ? 2 : 1).join('/');
  if (part.provides?.includes(wanted)) return part.hash;
  throw recipeProblem(recipe, 'copy', `${source}: ${name} has no ${wanted}`, `It has: ${part.provides?.join(', ')}.`);
}

function notThere({ name }: ImageRecipe, source: string): HoplabError {
  const message = `images/${name}/image.json copies ${source}, which is not there after all was built`;
  return new HoplabError('build-failed', message, 'Name a file that the package or module really has.');
}

function pathOfSource(source: string, { parts, nodeRoot }: Sources): string {
  if (source.startsWith('node:')) return join(nodeRoot, source.slice('node:'.length));
  const [name = '', ...rest] = source.split('/');
  const folder = partFolder(parts.get(name) as Part);
  return rest[0] === 'files' ? join(folder, ...rest) : join(folder, 'bin', ...rest);
}

/**
 * Writes one docker-archive folder (manifest.json, configs, layers) of all images that have names. Each name has a configuration of
 * its own that says it: names of one digest would be shown under whichever comes first.
 */
export function writeArchive(
  folder: string,
  images: { recipe: ImageRecipe; layers: { file: string; sha256: string }[] }[],
): void {
  const named = images.flatMap((image) => image.recipe.names.map((name) => ({ ...image, name })));
  const manifest = named.map(({ recipe, layers, name }, i) => {
    const Env = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
    const Labels = { 'org.opencontainers.image.ref.name': name };
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Env, Labels, ...recipe.config },
      rootfs: { type: 'layers', diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
    });
    const file = `${i}-${recipe.name}.json`;
    writeFileSync(join(folder, file), config);
    return { Config: file, RepoTags: [name], Layers: layers.map((layer) => layer.file) };
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}
