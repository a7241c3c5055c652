import { existsSync, readFileSync } from 'node:fs';
import type { KernelFeature } from '../../contract/features.ts';
import { cgroupVersion } from '../../system/cgroups.ts';
import { PLAIN_ENV, run } from '../../system/exec.ts';

/** Link kinds that lessons may need; a kernel says by trying whether it has them. */
const LINK_KINDS = ['ipip', 'vxlan', 'dummy', 'macvlan', 'ifb'] as const;

/** What this kernel can do, by the names that lessons use in `needs`. */
export async function kernelFeatures(): Promise<Record<KernelFeature, boolean>> {
  const made = await Promise.all(LINK_KINDS.map(async (kind) => [kind, await canMakeLink(kind)] as const));
  const kinds = Object.fromEntries(made) as Record<(typeof LINK_KINDS)[number], boolean>;
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

async function canMakeLink(kind: string): Promise<boolean> {
  const make = `ip link add hoptest type ${kind === 'vxlan' ? 'vxlan id 1 dstport 4789' : kind === 'macvlan' ? 'macvlan link lo' : kind}`;
  const result = await run(['unshare', '-n', 'sh', '-c', make], { timeoutMs: 5000, env: PLAIN_ENV });
  return result.ended === 'exit' && result.code === 0;
}
