import { existsSync, readFileSync } from 'node:fs';
import type { KernelFeature } from '../../contract/features.ts';
import { cgroupVersion } from '../../system/cgroups.ts';
import { run } from '../../system/exec.ts';
import { hasModule, hasModules } from '../../system/modules.ts';

/** What labs rest on. Nothing loads these by itself, and a lesson on bridges without br_netfilter shows something else. */
export const LAB_MODULES = ['overlay', 'br_netfilter', 'nf_conntrack', 'tun'];

/** Link kinds that lessons may need, with a command that makes one where nothing can be looked up. */
const LINK_KINDS = {
  ipip: 'type ipip remote 192.0.2.1 local 192.0.2.2',
  vxlan: 'type vxlan id 1 dstport 4789',
  dummy: 'type dummy',
  macvlan: 'link hopveth type macvlan',
  ifb: 'type ifb',
} as const;
type LinkKind = keyof typeof LINK_KINDS;

/** What this kernel can do, by the names that lessons use in `needs`. */
export async function kernelFeatures(): Promise<Record<KernelFeature, boolean>> {
  const names = Object.keys(LINK_KINDS) as LinkKind[];
  const made = await Promise.all(names.map(async (kind) => [kind, await hasLinkKind(kind)] as const));
  const kinds = Object.fromEntries(made) as Record<LinkKind, boolean>;
  const tun = existsSync('/dev/net/tun');
  return {
    ...kinds,
    tun,
    // Without the kernel's own, our forwarder serves tunl0 over a TUN device.
    tunl0: kinds.ipip || tun,
    br_netfilter: existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables'),
    conntrack: existsSync('/proc/sys/net/netfilter/nf_conntrack_max'),
    overlay: /\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8')),
    'cgroup-v2': cgroupVersion() === 2,
  };
}

/** Trying would load ipip, and then every new namespace has a tunl0; so where there are lists of modules, they are read. */
async function hasLinkKind(kind: LinkKind): Promise<boolean> {
  if (hasModules()) return hasModule(kind);
  const make = `ip link add hopveth type veth peer name hoppeer && ip link add hoptest ${LINK_KINDS[kind]}`;
  const result = await run(['unshare', '-n', 'sh', '-c', make], { timeoutMs: 5000 });
  return result.ended === 'exit' && result.code === 0;
}
