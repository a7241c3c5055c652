import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoplabError } from '../../contract/errors.ts';
import { writeArchive } from './container-images.ts';
import { scriptPath } from './debian.ts';
import { recipeHashOf } from './hash.ts';
import type { ImageRecipe } from './image-recipe.ts';
import { type BuildStep, type Part, partFolder } from './part.ts';

/**
 * All container images as one containerd store, imported once: `store/` is what nodes link to, read-only, and
 * `registry.json` says which manifest each name and tag stands for.
 */
export function storePart(node: Part, images: { recipe: ImageRecipe; layers: Part[] }[]): Part {
  const named = images.filter(({ recipe }) => recipe.names.length > 0);
  const recipe = named.map(({ recipe: r, layers }) => [r.name, r.names, r.config, layers.map(({ hash }) => hash)]);
  return {
    name: 'store',
    hash: recipeHashOf([2, node.hash, recipe], ['pack-image.sh', 'make-store.sh'].map(scriptPath)),
    seconds: 30,
    build: (target, step) => build(node, named, target, step),
  };
}

async function build(
  node: Part,
  images: { recipe: ImageRecipe; layers: Part[] }[],
  target: string,
  step: BuildStep,
): Promise<void> {
  const archive = join(target, 'archive');
  const store = join(target, 'store');
  mkdirSync(archive);
  mkdirSync(store);
  const packed = new Map<string, { file: string; sha256: string }>();
  for (const layer of new Set(images.flatMap(({ layers }) => layers))) {
    step.say(`packing ${layer.name}`, packed.size / (2 * images.length));
    const file = `${layer.name}.tar`;
    const out = join(archive, file);
    let sha256 = '';
    const argv = ['sh', scriptPath('pack-image.sh'), join(partFolder(layer), 'rootfs'), out] as const;
    await step.run({ argv: [...argv], onLine: (line) => (sha256 = line.trim()) });
    packed.set(layer.name, { file, sha256 });
  }
  writeArchive(
    archive,
    images.map(({ recipe, layers }) => ({ recipe, layers: layers.map(({ name }) => packed.get(name) as never) })),
  );
  step.say('importing the images', 0.6);
  const index: Record<string, Record<string, string>> = {};
  const root = join(partFolder(node), 'rootfs');
  await step.run({
    argv: ['unshare', '-n', 'sh', scriptPath('make-store.sh'), root, archive, store],
    apart: true,
    onLine: (line) => readListed(line, index),
  });
  const missing = images.flatMap(({ recipe }) => recipe.names).filter((name) => !isListed(name, index));
  if (missing.length > 0) {
    throw new HoplabError('build-failed', `containerd imported all images but ${missing.join(', ')}`, 'See the log.');
  }
  writeFileSync(join(target, 'registry.json'), `${JSON.stringify(index, null, 2)}\n`);
  rmSync(archive, { recursive: true });
}

/** A line of `ctr images ls`: REF TYPE DIGEST SIZE … */
function readListed(line: string, index: Record<string, Record<string, string>>): void {
  const found = /^(\S+):(\S+?)\s+application\/\S+\s+(sha256:[0-9a-f]{64})\s/.exec(line);
  if (!found) return;
  const [, name = '', tag = '', digest = ''] = found;
  index[name] = { ...index[name], [tag]: digest };
}

function isListed(full: string, index: Record<string, Record<string, string>>): boolean {
  const colon = full.lastIndexOf(':');
  return index[full.slice(0, colon)]?.[full.slice(colon + 1)] !== undefined;
}
