import { readFileSync, writeFileSync } from 'node:fs';
import { isRoot } from '../privilege.mjs';
import { ok, warn } from './finding.mjs';

/** Kernel limits that many labs at once run into: each is enough for twenty clusters, or fifty small labs. */
const LIMITS = [
  { key: 'fs.inotify.max_user_instances', want: 1024, what: 'programs that watch files' },
  { key: 'fs.inotify.max_user_watches', want: 262_144, what: 'watched files' },
  { key: 'kernel.keys.maxkeys', want: 5000, what: 'key rings of containers' },
  { key: 'kernel.keys.maxbytes', want: 200_000, what: 'bytes in key rings' },
  { key: 'net.netfilter.nf_conntrack_max', want: 65_536, what: 'tracked connections' },
  { key: 'kernel.pty.max', want: 32_768, what: 'terminals of all labs together' },
  { key: 'kernel.pid_max', want: 32_768, what: 'process numbers' },
  { key: 'user.max_user_namespaces', want: 1000, what: 'user namespaces' },
  { key: 'user.max_net_namespaces', want: 1000, what: 'network namespaces' },
];

const fileOf = (key) => `/proc/sys/${key.replaceAll('.', '/')}`;

/** @param {boolean} fix raises those that are too small, until the machine starts again */
export function limits(fix) {
  return LIMITS.map(({ key, want, what }) => {
    const now = read(key);
    if (now === undefined)
      return warn(key, 'not known on this kernel', `Its module may not be loaded yet; ${want} is wanted`);
    if (now >= want) return ok(key, `${now} ${what}`);
    if (fix && isRoot() && raise(key, want)) return ok(key, `${want} ${what}, raised from ${now}`);
    return warn(
      key,
      `${now} ${what}, ${want} are wanted`,
      `sudo npm run doctor -- --fix   or for good: echo '${key} = ${want}' | sudo tee -a /etc/sysctl.d/60-hoplab.conf`,
    );
  });
}

function read(key) {
  try {
    return Number(readFileSync(fileOf(key), 'utf8').trim());
  } catch {
    return undefined;
  }
}

function raise(key, want) {
  try {
    writeFileSync(fileOf(key), String(want));
    return read(key) >= want;
  } catch {
    return false;
  }
}
