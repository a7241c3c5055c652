import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../launch/settings.mjs';

/** Puts the agent into a folder as `npm start` runs it: its bundles, and the npm packages that they import. */
const BUNDLES = ['agent.mjs', 'terminal-host.mjs'];

/** @param {string} folder @param {Record<string, string>} environment of the agent; ends up in a file that a shell reads */
export function copyAgent(folder, environment) {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  for (const name of BUNDLES) cpSync(join(root, 'dist', name), join(folder, 'dist', name));
  for (const name of importedPackages()) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
  const lines = Object.entries(environment).map(([key, value]) => `${key}='${value}'\n`);
  writeFileSync(join(folder, 'environment'), lines.join(''), { mode: 0o600 });
}

function importedPackages() {
  const found = new Set();
  for (const name of BUNDLES) {
    const text = readFileSync(join(root, 'dist', name), 'utf8');
    for (const [, imported] of text.matchAll(
      /(?:^import .*from |\b(?:require|resolve)\()"((?:@[\w.-]+\/)?[\w.-]+)"/gm,
    )) {
      addWithDependencies(imported, found);
    }
  }
  return found;
}

/** Optional ones are there for the machine's own kind only. */
function addWithDependencies(name, found) {
  const manifest = join(root, 'node_modules', name, 'package.json');
  if (found.has(name) || !existsSync(manifest)) return;
  found.add(name);
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const one of Object.keys({ ...dependencies, ...optionalDependencies })) addWithDependencies(one, found);
}
