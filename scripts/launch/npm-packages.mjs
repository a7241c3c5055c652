import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLoud } from './run.mjs';
import { root } from './settings.mjs';

/**
 * True when node_modules holds what the lock file asks for. npm writes what it installed into
 * node_modules/.package-lock.json as its last act, so an install that was cut off does not count.
 */
export function npmPackagesAreInstalled(folder = root) {
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const installed = packagesOf(join(folder, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, link }]) => {
    if (path === '' || link) return true;
    const found = installed[path];
    // Optional packages are binaries for other machines: npm leaves them out.
    return found ? found.version === version : Boolean(optional || devOptional);
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** No package's own scripts are run: none of ours needs them, and prisma's would download engines that we do not use. */
export const installNpmPackages = () =>
  runLoud(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    hint: 'Check that the npm registry can be reached (npm ping), then run it again.',
  });
