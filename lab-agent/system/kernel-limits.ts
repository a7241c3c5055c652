import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import limits from './kernel-limits.json' with { type: 'json' };

/**
 * Kernel limits that many labs at once run into; what is wanted is enough for twenty clusters. The list is shared with
 * `npm run doctor`, which shows and raises all of them.
 */
const SYSCTL = '/proc/sys';

/** Raises those that an agent may raise by itself: nothing else on a machine is worse off. @returns those that are still too small */
export function raiseKernelLimits(sysctl = SYSCTL): string[] {
  return limits.filter((limit) => limit.byAgent && !isEnough(limit, sysctl)).map(({ key }) => key);
}

function isEnough({ key, want }: { key: string; want: number }, sysctl: string): boolean {
  const file = join(sysctl, key.replaceAll('.', '/'));
  try {
    if (Number(readFileSync(file, 'utf8')) >= want) return true;
    writeFileSync(file, String(want));
    return Number(readFileSync(file, 'utf8')) >= want;
  } catch {
    return false; // not there, or not ours to change: told to whoever asked
  }
}
