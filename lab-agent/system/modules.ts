import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { run } from './exec.ts';

/** Kernel modules of the machine: which there are, and loading those that labs rest on. */
const folder = () => `/lib/modules/${release()}`;

/** True when this kernel can load modules at all; those of small virtual machines have everything built in. */
export const hasModules = (): boolean => existsSync(`${folder()}/modules.dep`);

/** True when a module is there, loaded or not: looking must not load it, since some show up in every new namespace. */
export function hasModule(name: string): boolean {
  if (existsSync(`/sys/module/${name}`)) return true;
  const listed = new RegExp(`/${name.replaceAll('_', '[-_]')}\\.ko`, 'm');
  return ['modules.dep', 'modules.builtin'].some((file) => {
    try {
      return listed.test(readFileSync(`${folder()}/${file}`, 'utf8'));
    } catch {
      return false; // no such list on this kernel
    }
  });
}

/** Loads modules; @returns what modprobe(8) complains about, if anything */
export async function loadModules(names: readonly string[]): Promise<string | undefined> {
  if (!hasModules()) return undefined;
  const result = await run(['modprobe', '-a', ...names], { timeoutMs: 20_000 });
  if (result.ended === 'exit' && result.code === 0) return undefined;
  return result.stderr.trim() || (result.ended === 'failed' ? result.why : `modprobe ended with ${result.ended}`);
}

const TUNNELS_EVERYWHERE = '/proc/sys/net/core/fb_tunnels_only_for_init_net';

/**
 * Loads ipip, for clusters; @returns what went wrong, if anything. By itself it puts a tunl0 into every network namespace of
 * the machine, those of other labs too; so the kernel is told first to make it in the machine's own alone, and cluster nodes
 * make theirs. Where somebody has loaded it already nothing is changed.
 */
export async function loadIpip(): Promise<string | undefined> {
  if (existsSync('/sys/module/ipip') || !hasModules() || !hasModule('ipip')) return undefined;
  try {
    if (readFileSync(TUNNELS_EVERYWHERE, 'utf8').trim() === '0') writeFileSync(TUNNELS_EVERYWHERE, '1');
  } catch (error) {
    return `ipip is not loaded, since ${TUNNELS_EVERYWHERE} cannot be set: ${(error as Error).message}`;
  }
  return loadModules(['ipip']);
}
