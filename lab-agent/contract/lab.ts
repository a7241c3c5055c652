import * as z from 'zod';
import { nodeName } from './names.ts';

export const labId = z.string().regex(/^[a-z0-9]{12}$/, 'a lab id has 12 small letters and digits');

/** The life of a lab: building → ready ⇄ frozen → closing. */
export const labPhase = z.enum(['building', 'ready', 'frozen', 'closing']);
export type LabPhase = z.infer<typeof labPhase>;

/** What a cluster reaches one after another when it is switched on; each is looked at, never assumed. */
export const clusterStepIds = ['api', 'nodes', 'bgp', 'pods'] as const;
export const clusterStep = z.strictObject({
  id: z.enum(clusterStepIds),
  reached: z.boolean(),
  /** Milliseconds from the lab's request until it was reached. */
  afterMs: z.number().optional(),
  /** What was seen last: "3 of 4 nodes are Ready". */
  observed: z.string(),
});
export type ClusterStep = z.infer<typeof clusterStep>;

/** A lab as the app and the page see it. Times are milliseconds since the epoch. */
export const labDescription = z.strictObject({
  id: labId,
  owner: z.string(),
  topology: z.string().describe('A name the app chose; the agent does not look into it.'),
  phase: labPhase,
  nodes: z.array(z.strictObject({ name: nodeName, kind: z.enum(['machine', 'internet']), shell: z.boolean() })),
  standsIn: z.array(z.string()),
  /** The hash of the node image's recipe that it runs on. */
  image: z.string(),
  provider: z.string(),
  createdAt: z.number(),
  /** How long it took from request to ready, in milliseconds. */
  buildMs: z.number(),
  /** When it is removed at the latest, and when for idleness if nothing happens until then. */
  expiresAt: z.number(),
  idleExpiresAt: z.number(),
  extensionsLeft: z.int(),
  /** For labs with a cluster: how far it has come since it was switched on; a lab is ready before its cluster is. */
  cluster: z.array(clusterStep).optional(),
});
export type LabDescription = z.infer<typeof labDescription>;

/** One interface as the kernel has it now. */
export const liveInterface = z.strictObject({
  /** The topology's network that it is plugged into, for a node's own interfaces. */
  network: z.string().optional(),
  name: z.string(),
  index: z.int(),
  kind: z.string().describe('veth, bridge, loopback, tun, …'),
  up: z.boolean(),
  carrier: z.boolean(),
  mac: z.string().optional(),
  mtu: z.int(),
  addresses: z.array(z.string()),
  /** The bridge it is a port of. */
  master: z.string().optional(),
  /** The other plug of a veth cable, when both ends are on this picture. */
  peer: z.strictObject({ node: z.string(), netns: z.string().optional(), name: z.string() }).optional(),
});
export type LiveInterface = z.infer<typeof liveInterface>;

export const liveNamespace = z.strictObject({
  /** Absent for the node's own. */
  netns: z.string().optional(),
  /** The pod whose namespace it is, NAMESPACE/NAME. */
  pod: z.string().optional(),
  interfaces: z.array(liveInterface),
  defaultVia: z.string().optional(),
  /** Why it could not be read, e.g. a name in /run/netns that is no namespace. */
  problem: z.string().optional(),
});
export type LiveNamespace = z.infer<typeof liveNamespace>;

/** A pod as the API tells it; those of the host's network have no namespace of their own. */
export const livePod = z.strictObject({
  name: z.string().describe('NAMESPACE/NAME'),
  node: z.string(),
  ready: z.boolean(),
  phase: z.string().describe('Pending, Running, Succeeded, Failed, or the reason why it waits: ErrImagePull.'),
  address: z.string().optional(),
  hostNetwork: z.boolean(),
});
export type LivePod = z.infer<typeof livePod>;

/** A BGP session as one side of it tells. */
export const bgpSession = z.strictObject({
  node: nodeName,
  name: z.string().describe('As the daemon calls it: Mesh_192_168_10_102.'),
  peer: z.string().describe("The peer's address."),
  /** The node that has this address, if one of the lab does. */
  peerNode: z.string().optional(),
  state: z.string().describe('Established, Active, Connect, Idle …'),
});
export type BgpSession = z.infer<typeof bgpSession>;

/** What exists now in a lab, for the topology picture. */
export const liveState = z.strictObject({
  nodes: z.array(
    z.strictObject({ name: nodeName, kind: z.enum(['machine', 'internet']), namespaces: z.array(liveNamespace) }),
  ),
  pods: z.array(livePod).optional(),
  sessions: z.array(bgpSession).optional(),
  at: z.number(),
});
export type LiveState = z.infer<typeof liveState>;
