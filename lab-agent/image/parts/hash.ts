import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Sixteen hex digits over values and whole folders: names, modes (executable or not), contents and links. */
export function recipeHashOf(values: unknown, folders: readonly string[] = []): string {
  const hash = createHash('sha256').update(JSON.stringify([process.arch, values]));
  for (const folder of folders) {
    for (const path of filesBelow(folder)) {
      const stat = lstatSync(path);
      hash.update(`\0${relative(folder, path)}\0${stat.mode & 0o100 ? 'x' : '-'}\0`);
      hash.update(stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
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
