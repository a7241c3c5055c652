import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from '../privilege.mjs';
import { root } from '../settings.mjs';
import { ok, warn } from './finding.mjs';

/** Kernel limits that many labs at once run into, each enough for twenty clusters: the agent's own list. */
const LIMITS = JSON.parse(readFileSync(join(root, 'lab-agent/system/kernel-limits.json'), 'utf8'));

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
