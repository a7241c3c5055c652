import * as z from 'zod';
import {
  address as addressOrName,
  cidr,
  clusterName,
  deviceName,
  ip,
  netnsName,
  nodeName,
  pattern,
  podName,
  sysctlKey,
} from '../names.ts';
import { onePlace, place } from './places.ts';

/** Kinds that look at what the kernel holds. They cost nothing to the lab and re-run on the kernel's events. */

export const namespace = z
  .strictObject({ node: nodeName, name: netnsName.describe('The named network namespace that exists.') })
  .describe('A named network namespace exists on a node.');

export const link = z
  .strictObject({
    ...place,
    dev: deviceName,
    is: z.enum(['up', 'down', 'present']).default('present').describe('`up` and `down` are the administrative state.'),
    kind: z.string().optional().describe('The kind as `ip -d link` names it: veth, bridge, vxlan, ipip, tun.'),
    mtu: z.int().optional(),
    peer: z
      .strictObject({ netns: netnsName.optional(), pod: podName.optional(), dev: deviceName })
      .refine((p) => p.netns === undefined || p.pod === undefined, '`netns` and `pod` are two places: give one of them')
      .optional()
      .describe('The other plug of a veth cable: on the same node, in `netns` there, or in `pod`.'),
  })
  .refine(...onePlace)
  .describe('An interface exists, and is up or down, of a kind, with a peer.');

export const address = z
  .strictObject({ ...place, dev: deviceName, is: cidr.describe('The address with its prefix length.') })
  .refine(...onePlace)
  .describe('An interface has an address.');

export const route = z
  .strictObject({
    ...place,
    to: z.union([z.literal('default'), cidr, ip, clusterName], {
      error: '`default`, a network like 10.1.0.0/16, or a name like pod/pod2 is wanted',
    }),
    via: addressOrName.optional().describe('The next hop.'),
    dev: deviceName.optional(),
    proto: z.string().optional().describe('Who made it: static, kernel, bird, dhcp …'),
    type: z.enum(['unicast', 'blackhole', 'unreachable', 'prohibit', 'local']).optional(),
    table: z.union([z.string(), z.int()]).optional(),
    onlink: z.boolean().optional(),
  })
  .refine(...onePlace)
  .describe('The routing table holds a route.');

export const neighbour = z
  .strictObject({
    ...place,
    to: addressOrName.describe('The address of the neighbour.'),
    dev: deviceName.optional(),
    lladdr: z.string().optional().describe('Its MAC address.'),
    state: z.enum(['reachable', 'stale', 'permanent', 'failed', 'incomplete', 'delay', 'probe', 'noarp']).optional(),
  })
  .refine(...onePlace)
  .describe('The neighbour (ARP) table knows a host.');

export const bridgePort = z
  .strictObject({
    ...place,
    bridge: deviceName,
    port: deviceName,
    state: z.enum(['forwarding', 'disabled', 'learning', 'listening', 'blocking']).optional(),
  })
  .refine(...onePlace)
  .describe('An interface is a port of a bridge.');

export const sysctl = z
  .strictObject({ ...place, key: sysctlKey, is: z.union([z.string(), z.number()]).transform(String) })
  .refine(...onePlace)
  .describe('A kernel setting has a value.');

export const tableOfRules = {
  table: z.enum(['filter', 'nat', 'mangle', 'raw', 'security']).default('filter'),
  family: z.enum(['ipv4', 'ipv6']).default('ipv4'),
};

export const iptables = z
  .strictObject({
    ...place,
    table: tableOfRules.table,
    chain: z.string().min(1).max(29),
    family: tableOfRules.family,
    policy: z.enum(['ACCEPT', 'DROP']).optional().describe('The policy of a built-in chain.'),
    rule: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A rule as one would write it after the chain: `-s 11.11.11.0/24 -j MASQUERADE`. The order of options is free.',
      ),
    matches: pattern.optional().describe('A pattern that a rule of the chain, as `iptables -S` prints it, matches.'),
  })
  .refine((c) => [c.policy, c.rule, c.matches].filter((v) => v !== undefined).length === 1, {
    error: 'give one of `policy`, `rule` and `matches`',
  })
  .refine(...onePlace)
  .describe('A chain has a policy, or holds a rule.');

export const process = z
  .strictObject({
    node: place.node,
    netns: netnsName.optional().describe('Only processes in this network namespace.'),
    pod: podName.optional().describe("In place of `node`: a pod's processes, by its network namespace."),
    name: z.string().min(1).max(255).describe('The name of the program, or a part of its command line.'),
    count: z.int().min(1).optional().describe('How many at least; 1 unless given.'),
  })
  .refine(...onePlace)
  .describe('A process runs on a node or in a pod.');

export const file = z
  .strictObject({
    node: nodeName,
    path: z.string().regex(/^\/[^\0]{1,255}$/, 'an absolute path is wanted'),
    matches: pattern.optional(),
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/)
      .optional()
      .describe('Permission bits in octal: 0644.'),
  })
  .describe('A regular file exists, with text that matches.');
