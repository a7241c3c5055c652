import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { parse } from '../../contract/parse.ts';
import { recipeFolder } from '../recipe.ts';
import { bootstrap, derive } from './debian.ts';
import { recipeHashOf } from './hash.ts';
import { type BuildStep, type Part, partFolder } from './part.ts';

/**
 * Container images: `images/NAME/image.json` says what one consists of, `images/NAME/layer/` holds files of ours for it.
 * Adding an image is adding a folder.
 */
const imageSchema = z.strictObject({
  /** Its names, as pods ask for it: `docker.io/library/nginx:latest`. None: it is a base for others only. */
  names: z
    .array(z.string().regex(/^[a-z0-9.-]+\/[a-z0-9._/-]+:[A-Za-z0-9._-]+$/, 'REGISTRY/NAME:TAG is wanted'))
    .default([]),
  /** Another folder of images/, whose layers it begins with. */
  from: z.string().optional(),
  /** Debian packages that it adds. */
  packages: z.array(z.string()).default([]),
  /** Path in the image → what is copied there: PART/PROGRAM, PART/files/NAME, or node:/path of the node image. */
  copy: z.record(z.string().startsWith('/'), z.string()).default({}),
  /** Path in the image → where the link leads. */
  links: z.record(z.string().startsWith('/'), z.string()).default({}),
  /** A program of the image that is run once in it, with its arguments. */
  run: z.array(z.string()).default([]),
  /** Folders that any user of the image may write to. */
  writable: z.array(z.string().startsWith('/')).default([]),
  /** Paths that are removed from what `copy` brought. */
  without: z.array(z.string().startsWith('/')).default([]),
  /** The image's configuration (image-spec, config.md): Entrypoint, Cmd, Env, User, ExposedPorts … */
  config: z.record(z.string(), z.unknown()).default({}),
});
export type ImageRecipe = z.output<typeof imageSchema> & { folder: string; name: string };

export const imageRecipesFolder = (): string => join(recipeFolder(), 'images');

/** All recipes by their folder's name. @throws InvalidInput that names the file */
export function imageRecipes(): Map<string, ImageRecipe> {
  const names = readdirSync(imageRecipesFolder()).filter((n) =>
    existsSync(join(imageRecipesFolder(), n, 'image.json')),
  );
  return new Map(
    names.sort().map((name) => {
      const folder = join(imageRecipesFolder(), name);
      const file = join(folder, 'image.json');
      return [name, { ...parse(imageSchema, JSON.parse(readFileSync(file, 'utf8')), file), folder, name }];
    }),
  );
}

/** Where `copy` takes things from. */
export type Sources = { parts: ReadonlyMap<string, Part>; nodeRoot: string; nodeHash: string };

/** The layer of one image as a part: a folder `rootfs` with what it adds to the image that it is from. */
export function layerPart(recipe: ImageRecipe, base: Part | undefined, sources: Sources): Part {
  const used = Object.values(recipe.copy).map((source) => hashOfSource(source, sources));
  const { packages, copy, links, run, writable, without, from } = recipe;
  const layer = join(recipe.folder, 'layer');
  const folders = existsSync(layer) ? [layer] : [];
  return {
    name: `layer-${recipe.name}`,
    hash: recipeHashOf([2, packages, copy, links, run, writable, without, from, base?.hash, used], folders),
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

function hashOfSource(source: string, { parts, nodeHash }: Sources): string {
  if (source.startsWith('node:')) return nodeHash;
  const [name = ''] = source.split('/');
  const part = parts.get(name);
  if (!part)
    throw new Error(`an image copies ${source}, but there is no part "${name}": ${[...parts.keys()].join(', ')}`);
  return part.hash;
}

function pathOfSource(source: string, { parts, nodeRoot }: Sources): string {
  if (source.startsWith('node:')) return join(nodeRoot, source.slice('node:'.length));
  const [name = '', ...rest] = source.split('/');
  const folder = partFolder(parts.get(name) as Part);
  return rest[0] === 'files' ? join(folder, ...rest) : join(folder, 'bin', ...rest);
}

/** Writes one docker-archive folder (manifest.json, configs, layers) of all images that have names. */
export function writeArchive(
  folder: string,
  images: { recipe: ImageRecipe; layers: { file: string; sha256: string }[] }[],
): void {
  const manifest = images.map(({ recipe, layers }) => {
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], ...recipe.config },
      rootfs: { type: 'layers', diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
    });
    writeFileSync(join(folder, `${recipe.name}.json`), config);
    return { Config: `${recipe.name}.json`, RepoTags: recipe.names, Layers: layers.map(({ file }) => file) };
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}
