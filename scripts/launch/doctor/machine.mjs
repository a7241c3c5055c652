import { existsSync, statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { browser } from '../browser.mjs';
import { instanceNote } from '../instance.mjs';
import { npmPackagesAreInstalled } from '../npm-packages.mjs';
import { holderOf, isFree } from '../ports.mjs';
import { checkNode } from '../prepare.mjs';
import { isRoot } from '../privilege.mjs';
import { runFor, which } from '../run.mjs';
import { missingSystemPackages } from '../system-packages.mjs';
import { fail, ok, warn } from './finding.mjs';

const NEEDED_DISK_BYTES = 3e9;
const NEEDED_MEMORY_BYTES = 2e9;
const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;

/** What is installed, and what room there is. @param {ReturnType<import('../settings.mjs').settings>} settings */
export async function machine({ data, cache, host, port }) {
  return [
    node(),
    ...packages(),
    await root(),
    memory(),
    disk('disk for data', data),
    disk('disk for images', cache),
    await address(data, host, port),
    forTests(),
  ];
}

function node() {
  try {
    checkNode();
    return ok('Node', process.versions.node);
  } catch (error) {
    return fail('Node', process.versions.node, error.hint);
  }
}

function packages() {
  const missing = missingSystemPackages();
  const npm = npmPackagesAreInstalled()
    ? ok('npm packages', 'as in package-lock.json')
    : warn('npm packages', 'not installed', 'npm start installs them (npm ci)');
  if (missing.length === 0) return [npm, ok('system packages', 'all there')];
  const names = missing.map((need) => need.package).join(' ');
  return [npm, warn('system packages', `missing: ${names}`, `npm start installs them, or: apt-get install ${names}`)];
}

async function root() {
  if (isRoot()) return ok('root', 'this is root');
  if (!which('sudo'))
    return fail('root', 'no sudo', 'The agent makes namespaces as root: install sudo, or run Hoplab as root');
  const { code } = await runFor(['sudo', '-n', 'true']);
  return ok('root', code === 0 ? 'sudo, without a password' : 'sudo, which will ask for your password');
}

function memory() {
  const bytes = totalmem();
  if (bytes >= NEEDED_MEMORY_BYTES) return ok('memory', gigabytes(bytes));
  return warn('memory', gigabytes(bytes), 'Building the app takes up to 2 GB: close other programs, or add swap');
}

function disk(name, folder) {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  if (free >= NEEDED_DISK_BYTES) return ok(name, `${gigabytes(free)} free at ${there}`);
  return fail(
    name,
    `${gigabytes(free)} free at ${there}`,
    `Make room, or move it: ${name === 'disk for data' ? 'HOPLAB_DATA' : 'XDG_CACHE_HOME'} names the folder`,
  );
}

async function address(data, host, port) {
  const name = `port ${port}`;
  if (await isFree(port, host)) return ok(name, `free on ${host}`);
  const url = instanceNote(data).read()?.url;
  if (url?.endsWith(`:${port}`)) return ok(name, `Hoplab runs there: ${url}`);
  return warn(
    name,
    `taken by ${(await holderOf(port)) ?? 'another program'}`,
    'npm start takes the next free one; HOPLAB_PORT chooses',
  );
}

function forTests() {
  const file = browser();
  return file
    ? ok('browser for tests', file)
    : warn('browser for tests', 'none', 'Only npm test needs it: apt-get install chromium, or set CHROMIUM_PATH');
}
