import * as z from 'zod';

/** The name of a node: a host name, since it becomes one. */
export const nodeName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, 'a node is named like a host: small letters, digits and "-", at most 32')
  .describe('The name of a node of the topology, e.g. `k8s-m`.');

const dnsLabel = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const inNamespace = `(${dnsLabel}/)?${dnsLabel}(\\.${dnsLabel})*`;
/** A pod as NAMESPACE/NAME; a name alone lies in the namespace `default`. */
export const podName = z
  .string()
  .regex(new RegExp(`^${inNamespace}$`), 'a pod is named NAMESPACE/NAME: default/pod1')
  .transform((name) => (name.includes('/') ? name : `default/${name}`))
  .describe('A pod, NAMESPACE/NAME; the namespace is `default` unless given.');

/** The kernel's bound for interface names is 15 characters (IFNAMSIZ - 1). */
export const deviceName = z
  .string()
  .regex(/^(?!\.{1,2}$)[^\s/:]{1,15}$/, 'an interface name has 1 to 15 characters without spaces, "/" or ":"')
  .describe('The name of a network interface, e.g. `enp0s8`.');

/** A file name below /run/netns. */
export const netnsName = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,63}$/, 'a network namespace has 1 to 63 letters, digits, "_", "." or "-"')
  .describe('A named network namespace on the node (`ip netns`), e.g. `RED`.');

export const ipv4 = z.ipv4({ error: 'an IPv4 address like 11.11.11.2 is wanted' });
export const ip = z.union([z.ipv4(), z.ipv6()], { error: 'an IP address like 11.11.11.2 is wanted' });
export const cidr = z.union([z.cidrv4(), z.cidrv6()], {
  error: 'an address with its prefix length, like 11.11.11.2/24, is wanted',
});

/** Something of the cluster that has an address. */
const clusterNameText = `(pod|service)/${inNamespace}|node/[a-z]([a-z0-9-]{0,30}[a-z0-9])?`;
const CLUSTER_NAME = new RegExp(`^(${clusterNameText})$`);
export const clusterName = z.string().regex(CLUSTER_NAME);
export const isClusterName = (text: string): boolean => CLUSTER_NAME.test(text);

/** An address as checks take it: itself, or the name of what has it. */
export const address = z.union([z.ipv4(), z.ipv6(), clusterName], {
  error: 'an IP address like 11.11.11.2, or a name like pod/pod2, node/k8s-w1 or service/web is wanted',
});

/** A URL whose host may be a name of the cluster; then its port follows, which shows where the name ends. */
const NAMED_HOST = new RegExp(`^(https?://)(${clusterNameText}):([0-9]{1,5}(?:/.*)?)$`);
export type NamedHost = { before: string; name: string; after: string };
export function namedHost(url: string): NamedHost | undefined {
  const found = NAMED_HOST.exec(url);
  if (!found) return undefined;
  const [before = '', name = ''] = found.slice(1);
  return { before, name, after: url.slice(before.length + name.length) };
}

/** The id of a step, check or quiz: progress hangs on it, so it never changes. */
export const blockId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id has small letters, digits and single "-": red-address')
  .max(64);

/** Dotted sysctl key; interface names within it may hold dots written as "/" (sysctl(8)). */
export const sysctlKey = z
  .string()
  .regex(/^[a-z0-9_]+([./][A-Za-z0-9_@-]+)+$/, 'a key like net.ipv4.ip_forward is wanted');

/** Text that is tested as a regular expression in multi-line mode; refused when it does not compile. */
export const pattern = z
  .string()
  .min(1)
  .max(500)
  .refine(compiles, 'not a valid regular expression')
  .describe('A regular expression, tried in multi-line mode.');

function compiles(source: string): boolean {
  try {
    new RegExp(source, 'm');
    return true;
  } catch {
    return false;
  }
}

/** A node, or a named network namespace on it. */
export type Place = { node: string; netns?: string | undefined };
