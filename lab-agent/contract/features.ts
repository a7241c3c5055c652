/** What kernels may have or lack; a lesson's `needs` names some of them, an agent's hello says which its machine has. */
export const kernelFeatureNames = [
  'ipip',
  'vxlan',
  'dummy',
  'macvlan',
  'ifb',
  'tun',
  'tunl0',
  'br_netfilter',
  'conntrack',
  'overlay',
  'cgroup-v2',
] as const;
export type KernelFeature = (typeof kernelFeatureNames)[number];
