import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { prepare } from './launch/prepare.mjs';
import { isRoot } from './launch/privilege.mjs';
import { runFor, tool, which } from './launch/run.mjs';
import { main, Trouble } from './launch/settings.mjs';
import { runInMachine } from './launch/suites.mjs';
import { installSystemPackages } from './launch/system-packages.mjs';
import { copyAgent } from './vm/agent-files.mjs';
import { ensureBase } from './vm/base.mjs';
import { makeDisk } from './vm/disk.mjs';
import { startMachine } from './vm/machine.mjs';

/**
 * `npm run test:vm`: boots Debian's own kernel in an emulated machine, runs the agent there, and proves what this machine's
 * kernel may lack: cgroup v2 with a delegated subtree, and the kernel's ipip. Takes a quarter of an hour; `npm test` leaves it out.
 * The template of the cluster is this machine's, whatever cgroups it has. Its last line is `N passed, N failed`.
 */
const NEEDED = [
  { package: 'qemu-system-x86', why: 'is the emulated machine', there: () => which('qemu-system-x86_64') },
  { package: 'e2fsprogs', why: 'makes its disk', there: () => which('mke2fs') },
];
const CACHE = '/var/cache/hoplab';

await main(async () => {
  if (process.arch !== 'x64') throw new Trouble('The virtual machine is an x86-64 one, and so must this machine be.');
  if (!isRoot())
    throw new Trouble('Making its disk and a template needs root.', 'Run it as root: sudo npm run test:vm.');
  const image = await prepare({ pages: false });
  const missing = NEEDED.filter(({ there }) => !there());
  if (missing.length > 0) await installSystemPackages(missing);
  const folder = mkdtempSync(join(tmpdir(), 'hoplab-vm-'));
  try {
    const { passed, failed } = await prove(folder, image);
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function prove(folder, image) {
  const token = randomBytes(24).toString('base64url');
  const base = await ensureBase();
  const template = await templateOfKans();
  console.log('Making the disk of the virtual machine …');
  copyAgent(join(folder, 'agent'), environment(image, token));
  const places = {
    '/sbin/start-agent': new URL('vm/start-agent', import.meta.url).pathname,
    '/opt/hoplab': join(folder, 'agent'),
    [`${CACHE}/images/${image.hash}/rootfs`]: image.path,
    [`${CACHE}/images/${image.cluster.hash}/rootfs`]: image.cluster.path,
    [`${CACHE}/templates/${basename(template)}`]: template,
  };
  const disk = await makeDisk({ base: base.root, places, folder });
  console.log('Booting it …');
  const started = performance.now();
  const machine = await startMachine({ kernel: base.kernel, disk, folder, token });
  const stop = () => void machine.stop();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    console.log(`Its agent answers after ${Math.round((performance.now() - started) / 1000)} s.`);
    const result = await runInMachine({ url: machine.url, token });
    if (result.failed > 0) console.log(`The end of what the machine said:\n${machine.log().slice(-4000)}`);
    return result;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await machine.stop();
  }
}

function environment({ hash, cluster }, token) {
  const rootOf = (name) => `${CACHE}/images/${name}/rootfs`;
  return {
    NODE_ENV: 'production',
    XDG_CACHE_HOME: '/var/cache',
    HOPLAB_ROOT: '/opt/hoplab',
    HOPLAB_RUN: '/run/hoplab',
    HOPLAB_IMAGE: rootOf(hash),
    HOPLAB_IMAGE_HASH: hash,
    HOPLAB_CLUSTER_IMAGE: rootOf(cluster.hash),
    HOPLAB_CLUSTER_IMAGE_HASH: cluster.hash,
    HOPLAB_AGENT_LISTEN: '0.0.0.0:7000',
    HOPLAB_AGENT_TOKEN: token,
    // One cluster is enough for it, and nobody looks at the page while it starts.
    HOPLAB_POOL: '0',
    HOPLAB_FREEZE_UNSEEN_MINUTES: '600',
    HOPLAB_FREEZE_UNUSED_MINUTES: '600',
  };
}

/** kubeadm under emulation would take a quarter of an hour, so the template comes from here. */
async function templateOfKans() {
  console.log('Looking for the template of the cluster (made if need be, half a minute) …');
  const { code, stdout, stderr } = await runFor([tool('tsx'), 'lab-agent/cluster/testing/template-cli.ts', 'kans']);
  if (code !== 0) throw new Trouble(`The template could not be made.\n${stderr}`);
  return stdout.trim();
}
