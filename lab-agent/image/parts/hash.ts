import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/**
 * Sixteen hex digits over values, files and whole folders: names, modes (executable or not), contents and links.
 * @param without files of folders that do not change what is built
 */
export function recipeHashOf(values: unknown, paths: readonly string[] = [], without?: RegExp): string {
  const hash = createHash('sha256').update(JSON.stringify([process.arch, values]));
  for (const path of paths) {
    const files = lstatSync(path).isDirectory() ? filesBelow(path) : [path];
    for (const file of files.filter((file) => !without?.test(file))) {
      const stat = lstatSync(file);
      hash.update(`\0${relative(path, file) || basename(file)}\0${stat.mode & 0o100 ? 'x' : '-'}\0`);
      hash.update(stat.isSymbolicLink() ? readlinkSync(file) : readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Every file and link below a folder, sorted; git keeps no empty folders, so they do not count. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
