import * as z from 'zod';
import { address, isClusterName, nodeName, pattern } from '../names.ts';
import { onePlace, place } from './places.ts';
import { readApiPath, resources } from './resources.ts';
import { tableOfRules } from './state.ts';

/** Kinds that look at what a cluster holds: its objects, its routes by BGP, its rules and sets. */

const DOTTED = 'a field like status.podIP is wanted; a dot within a key is written \\.';
const dotted = z
  .string()
  .max(300)
  .regex(/^(\\.|[^.\\\s])+(\.(\\.|[^.\\\s])+)*$/, DOTTED);
const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'text, a number, `true`, `false`, or `null` for a field that is not there is wanted',
});
const beginsWithCaret = (value: unknown): boolean =>
  typeof value !== 'string' || !value.startsWith('^') || pattern.safeParse(value).success;

const objectName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?$/, 'a name of an object like pod1 is wanted');

export const object = z
  .strictObject({
    resource: z
      .string()
      .refine((name) => resources.has(name), {
        error: `a resource in the plural is wanted, one of ${[...resources.keys()].join(', ')}; any other by its \`path\``,
      })
      .optional()
      .describe('What kind of object, in the plural: `pods`, `services`, `ippools`. Or give its `path`.'),
    namespace: z
      .string()
      .regex(/^(\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/, 'a namespace, or `*` for all, is wanted')
      .optional()
      .describe('`default` unless given; `*` for all.'),
    name: objectName.optional().describe('Without it all objects of the resource are looked at.'),
    path: z
      .string()
      .max(500)
      .refine((path) => readApiPath(path) !== undefined, 'a path like /api/v1/namespaces/default/pods/pod1 is wanted')
      .optional()
      .describe('The path of the object, or of a list of objects, in the API.'),
    labels: z.string().max(300).optional().describe('Of a list only those with these labels: `app=web`.'),
    where: z
      .record(dotted, fieldValue.refine(beginsWithCaret, 'not a valid regular expression'), {
        error: (issue) => (issue.code === 'invalid_key' ? DOTTED : undefined),
      })
      .optional()
      .describe(
        'Fields and their values: `spec.ipipMode: Always`, `status.podIP: ^172\\.16\\.`. A value that begins with `^` is a pattern; `*` stands for any entry of a list; `null` for a field that is not there.',
      ),
    condition: z
      .string()
      .regex(/^[A-Za-z./]+(=(True|False|Unknown))?$/, 'a condition like Ready, or Ready=False, is wanted')
      .optional()
      .describe('A condition of its status that is True: `Ready`.'),
    count: z.int().min(1).max(1000).optional().describe('Of a list: how many fit, exactly; at least one unless given.'),
  })
  .refine((o) => (o.resource === undefined) !== (o.path === undefined), 'give one of `resource` and `path`')
  .refine((o) => o.path === undefined || (o.name ?? o.namespace) === undefined, {
    error: '`name` and `namespace` go with `resource`; a path holds them',
  })
  .refine((o) => !(isOne(o) && (o.labels !== undefined || o.count !== undefined)), {
    error: '`labels` and `count` are of lists: leave the name out',
  })
  .refine((o) => o.name === undefined || o.namespace !== '*', '`*` is of lists: leave the name out')
  .describe("An object of Kubernetes or Calico exists, with fields and conditions; or a list's objects do.");

const isOne = (o: { name?: string | undefined; path?: string | undefined }): boolean =>
  (o.path === undefined ? o.name : readApiPath(o.path)?.name) !== undefined;

export const ippool = z
  .strictObject({
    name: objectName.default('default-ipv4-ippool'),
    cidr: z.cidrv4().optional(),
    ipipMode: z.enum(['Always', 'CrossSubnet', 'Never']).optional(),
    vxlanMode: z.enum(['Always', 'CrossSubnet', 'Never']).optional(),
    natOutgoing: z.boolean().optional(),
    blockSize: z.int().min(20).max(32).optional(),
    disabled: z.boolean().optional(),
    nodeSelector: z.string().max(500).optional(),
  })
  .describe("Calico's pool of pod addresses exists, with these settings.");

export const bgp = z
  .strictObject({
    node: nodeName,
    peer: address.optional().describe('The other end of the session; any unless given.'),
    state: z
      .enum(['Established', 'OpenConfirm', 'OpenSent', 'Active', 'Connect', 'Idle'])
      .default('Established')
      .describe('The state of the session.'),
    route: z.cidrv4().optional().describe('A network that the peer announces.'),
  })
  .refine((b) => b.peer !== undefined || b.route !== undefined, 'give `peer`, `route` or both')
  .refine((b) => b.route === undefined || b.state === 'Established', {
    error: 'a route comes by an established session: leave `state` out, or `route`',
  })
  .describe('A BGP session of a node (BIRD of Calico, or FRR) is in a state, or announces a network to it.');

const wildcard = (most: number, error: string) =>
  z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_*.:-]+$/, error);

export const ipset = z
  .strictObject({
    ...place,
    name: wildcard(31, 'the name of a set like cali40masq-ipam-pools is wanted').describe(
      'The name of the set; `*` stands for any text.',
    ),
    type: z.string().max(60).optional().describe('As ipset names it: `hash:net`.'),
    entry: z
      .string()
      .max(100)
      .refine((entry) => /^[A-Za-z0-9]/.test(entry) && (!entry.startsWith('pod/') || isClusterName(entry)), {
        error: 'an entry like 172.16.0.0/16, 10.0.0.1,tcp:80 or pod/pod1 is wanted',
      })
      .optional()
      .describe('What it holds: `172.16.0.0/16`, `10.0.0.1,tcp:80`, or the name of what has the address.'),
    count: z.int().min(0).optional().describe('How many entries it has, exactly.'),
  })
  .refine(...onePlace)
  .describe('A set of addresses (ipset) exists, is of a type, and holds an entry.');

export const chain = z
  .strictObject({
    ...place,
    ...tableOfRules,
    chain: wildcard(
      29,
      'the name of a chain like cali-FORWARD, or KUBE-SVC-* for any that begin so, is wanted',
    ).describe('The chains to look in; `*` stands for any text.'),
    start: wildcard(29, 'the name of a chain like KUBE-SERVICES is wanted')
      .optional()
      .describe('Only chains that rules of this one lead to, by any number of jumps.'),
    matches: pattern.optional().describe('A pattern that the rule, as `iptables -S` prints it, matches.'),
    comment: pattern.optional().describe("A pattern that the rule's comment matches."),
    count: z.int().min(1).max(1000).optional().describe('How many rules fit, exactly; at least one unless given.'),
  })
  .refine((c) => (c.matches ?? c.comment) !== undefined, 'give `matches`, `comment` or both')
  .refine(...onePlace)
  .describe('A rule is in one of several chains whose names nobody knows in advance (cali-…, KUBE-…).');
