import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * What a node image consists of, and the hash that names it. Knows nothing of where images lie or how they are built.
 */

export const SUITE = 'trixie';

/** Raised when finish.ts or the options of mmdebstrap change what comes out. */
const RECIPE_VERSION = 1;

/** Documentation in other forms and languages than the ones a learner reads in a terminal: 60 MB. */
export const LEFT_OUT = [
  '/usr/share/doc/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/man/??/*',
  '/usr/share/man/??_*',
  '/usr/share/lintian/*',
  '/usr/share/bug/*',
];

/** The folder of the recipe: beside the sources, found from HOPLAB_ROOT or the working directory, since bundles lie elsewhere. */
export function recipeFolder(): string {
  return join(process.env.HOPLAB_ROOT || process.cwd(), 'lab-agent', 'image');
}

/** The Debian packages of packages.txt, sorted. */
export function packageList(folder = recipeFolder()): string[] {
  const lines = readFileSync(join(folder, 'packages.txt'), 'utf8').split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort();
}

export type RecipeFile = { source: string; path: string; mode: number };

/** Every file of files/, with its place on the node. Modes are 0755 or 0644, since a clone's umask must not show. */
export function recipeFiles(folder = recipeFolder()): RecipeFile[] {
  const base = join(folder, 'files');
  return readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const source = join(entry.parentPath, entry.name);
      return { source, path: relative(base, source), mode: statSync(source).mode & 0o100 ? 0o755 : 0o644 };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Sixteen hex digits that change when anything changes that the image is made from. */
export function recipeHash(folder = recipeFolder()): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([RECIPE_VERSION, SUITE, process.arch, LEFT_OUT, packageList(folder)]));
  for (const { source, path, mode } of recipeFiles(folder)) {
    hash.update(`\0${path}\0${mode.toString(8)}\0`).update(readFileSync(source));
  }
  return hash.digest('hex').slice(0, 16);
}
