import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLoud } from '../launch/run.mjs';
import { settings } from '../launch/settings.mjs';

/** The Debian that the virtual machine runs: a root folder with a kernel, kept by the hash of what it is made from. */
const SUITE = 'trixie';
const PACKAGES = ['nodejs', 'kmod', 'iproute2', 'procps', 'ca-certificates'];
const LEFT_OUT = ['/usr/share/man/*', '/usr/share/doc/*', '/usr/share/locale/*'];
const hook = fileURLToPath(new URL('add-kernel', import.meta.url));

/** @returns {Promise<{ root: string, kernel: string }>} made if it is not there, in about two minutes */
export async function ensureBase() {
  const folder = join(settings().cache, 'hoplab', 'vm');
  const root = join(folder, hashOfRecipe());
  if (!existsSync(root)) {
    mkdirSync(folder, { recursive: true });
    console.log('Making the Debian of the virtual machine (80 MB to download, once) …');
    await runLoud(bootstrap(`${root}.partial`), { hint: 'It needs a Debian mirror: HOPLAB_DEBIAN_MIRROR names one.' });
    renameSync(`${root}.partial`, root);
    for (const name of readdirSync(folder)) {
      if (join(folder, name) !== root) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  return { root, kernel: join(root, 'boot', 'vmlinuz') };
}

function hashOfRecipe() {
  const hash = createHash('sha256').update(JSON.stringify([SUITE, PACKAGES, LEFT_OUT]));
  return hash.update(readFileSync(hook)).digest('hex').slice(0, 16);
}

function bootstrap(target) {
  rmSync(target, { recursive: true, force: true });
  return [
    ...['unshare', '--mount', 'mmdebstrap', '--quiet', '--mode=root', '--variant=minbase', '--format=directory'],
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    '--dpkgopt=force-unsafe-io',
    ...LEFT_OUT.map((glob) => `--dpkgopt=path-exclude=${glob}`),
    `--include=${PACKAGES.join(',')}`,
    `--customize-hook=${hook} "$1"`,
    SUITE,
    target,
    process.env.HOPLAB_DEBIAN_MIRROR || 'http://deb.debian.org/debian',
  ];
}
