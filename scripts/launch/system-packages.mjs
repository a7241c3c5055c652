import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { browser } from './browser.mjs';
import { asRoot } from './privilege.mjs';
import { runFor, runLoud, which } from './run.mjs';
import { Trouble } from './settings.mjs';

/** What this machine must have beside Node: how to see that it is there, and the Debian package that brings it. */
const NEEDED = [
  { package: 'mmdebstrap', why: 'builds the node image', there: () => which('mmdebstrap') },
  {
    package: 'debian-archive-keyring',
    why: "knows Debian's keys",
    there: () =>
      existsSync('/usr/share/keyrings/debian-archive-keyring.gpg') ||
      existsSync('/usr/share/keyrings/debian-archive-trixie-stable.gpg'),
  },
  { package: 'util-linux', why: 'has unshare, nsenter and setpriv', there: () => which('unshare') && which('setpriv') },
  {
    package: 'python3-pip',
    why: 'fetches the compiler of Kubernetes and Calico',
    there: () => which('pip3') || hasGo(),
  },
];
const FOR_TESTS = [{ package: 'chromium', why: 'is the browser of the browser tests', there: browser }];

/** A Go that compiles the cluster image; else one is fetched (lab-agent/image/parts/go.ts). */
function hasGo() {
  return ['go', '/usr/local/go/bin/go'].some((go) => {
    const { stdout } = spawnSync(go, ['env', 'GOVERSION'], { encoding: 'utf8' });
    return isNewEnoughGo(stdout ?? '');
  });
}

/** `go1.26.8` → true */
export const isNewEnoughGo = (version) => Number(/^go1\.(\d+)/.exec(version)?.[1]) >= 26;

/** @returns {{ package: string, why: string }[]} */
export function missingSystemPackages({ tests = false } = {}) {
  return [...NEEDED, ...(tests ? FOR_TESTS : [])].filter((need) => !need.there());
}

/** `Debian GNU/Linux 12` → debian; understands derivatives by ID_LIKE. */
export function usesApt(osRelease = readOsRelease()) {
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease);
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/** Installs by apt-get, as root or by sudo; on other systems says what to install. */
export async function installSystemPackages(missing) {
  const names = missing.map((need) => need.package);
  if (!usesApt() || !which('apt-get')) {
    const list = missing.map((need) => `  ${need.package} (${need.why})`).join('\n');
    throw new Trouble(
      `Programs are missing on this machine:\n${list}`,
      'Install them with your package manager; the names are those of Debian. Then run it again.',
    );
  }
  if (process.getuid?.() !== 0) console.log('Installing them needs root: sudo may ask for your password.');
  const install = asRoot(
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...names],
    'Installing packages',
  );
  // The lists may be missing (containers) or old: asked anew only when they do not do.
  const known = await runFor(['apt-get', 'install', '--simulate', '-qq', '--no-install-recommends', ...names]);
  const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
  if (known.code !== 0) await runLoud(asRoot(['apt-get', 'update', '-qq'], 'Reading the lists of packages'), quiet);
  await runLoud(install, { ...quiet, hint: `Install these yourself: ${names.join(' ')}. Then run it again.` });
}
