import * as z from 'zod';
import { wireCheck } from './checks/index.ts';
import { labDescription, liveState } from './lab.ts';
import { nodeName } from './names.ts';
import { podShell, terminalRole, terminalSize } from './terminal.ts';
import { topologySchema } from './topology.ts';
import { checkResult, verdictCause } from './verdict.ts';

/**
 * The agent's door. Every request carries `authorization: Bearer TOKEN`; bodies and answers are JSON; errors are ErrorBody.
 *
 *   GET    /v1/hello                          → Hello
 *   POST   /v1/clusters        PrepareCluster → Preparation: begins to make ready what such labs need, or says how far it is
 *   GET    /v1/labs                           → { labs: LabDescription[] }
 *   POST   /v1/labs            CreateLab      → LabDescription, when the lab is ready
 *   GET    /v1/labs/ID                        → LabDescription
 *   POST   /v1/labs/ID/reset                  → LabDescription of the same id on fresh nodes
 *   POST   /v1/labs/ID/extend                 → LabDescription
 *   DELETE /v1/labs/ID                        → 204, when nothing is left
 *   POST   /v1/labs/ID/checks  RunChecks      → { results: CheckResult[] }
 *   GET    /v1/labs/ID/state                  → LiveState
 *   GET    /v1/labs/ID/terminals              → { terminals: TerminalDescription[] }
 *   POST   /v1/labs/ID/terminals OpenTerminal → TerminalDescription
 *   DELETE /v1/labs/ID/terminals/TID          → 204
 *   WS     /v1/labs/ID/terminals/TID/attach?from=N&role=R&cols=C&rows=R    terminal.ts is the wire
 *   WS     /v1/labs/ID/watch                  WatchRequest up, WatchEvent down
 */
export const hello = z.strictObject({
  contract: z.int(),
  agent: z.string(),
  version: z.string(),
  provider: z.string(),
  image: z.string(),
  /** Kernel features by name, true where this machine has them: ipip, br_netfilter, cgroup-v2 … */
  features: z.record(z.string(), z.boolean()),
  /** `pooled`: labs that are ready and wait to be taken. */
  room: z.strictObject({ labs: z.int(), maxLabs: z.int(), maxLabsPerOwner: z.int(), pooled: z.int() }),
});
export type Hello = z.infer<typeof hello>;

export const createLab = z.strictObject({
  owner: z.string().min(1).max(128),
  /** What the app calls the topology: `kubernetes-networking/one-machine`. */
  name: z.string().min(1).max(128),
  topology: topologySchema,
});
export type CreateLab = z.output<typeof createLab>;

/** What labs with a cluster need before the first can start: the cluster image, and the template of their topology. */
export const prepareCluster = createLab.omit({ owner: true });
export type PrepareCluster = z.output<typeof prepareCluster>;
export const preparation = z.strictObject({
  state: z.enum(['image', 'template', 'ready', 'failed']),
  /** 0 to 1, of the present state's work. */
  fraction: z.number(),
  /** What is being done, in a few words: "compiling kube-apiserver". */
  stage: z.string(),
  /** For failed: what went wrong and what to do about it. */
  problem: z.string().optional(),
});
export type Preparation = z.infer<typeof preparation>;

export const runChecks = z.strictObject({
  checks: z.array(wireCheck).min(1).max(50),
  cause: verdictCause.default('button'),
});
export type RunChecks = z.output<typeof runChecks>;

export const openTerminal = z.strictObject({
  node: nodeName,
  /** A shell in this pod instead of one on the node. */
  pod: podShell.optional(),
  name: z.string().regex(/^[A-Za-z0-9 _.-]{1,40}$/),
  size: terminalSize.prefault({ cols: 80, rows: 24 }),
});
export type OpenTerminal = z.output<typeof openTerminal>;

export const attachQuery = z.strictObject({
  from: z.coerce.number().int().min(0).optional(),
  role: terminalRole.default('owner'),
  cols: z.coerce.number().pipe(terminalSize.shape.cols).optional(),
  rows: z.coerce.number().pipe(terminalSize.shape.rows).optional(),
});

/** What a watcher asks for. A `watch` replaces the checks watched before; each is run at once, then whenever due. */
export const watchRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('watch'), checks: z.array(wireCheck).max(50) }),
  z.strictObject({
    type: z.literal('run'),
    checks: z.array(wireCheck).min(1).max(50),
    cause: verdictCause.default('button'),
  }),
  z.strictObject({ type: z.literal('state'), on: z.boolean() }),
  /** The learner did something on the page: counts as activity, thaws a frozen lab. */
  z.strictObject({ type: z.literal('active') }),
]);
export type WatchRequest = z.input<typeof watchRequest>;

export const watchEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('lab'), lab: labDescription }),
  z.strictObject({ type: z.literal('results'), results: z.array(checkResult) }),
  z.strictObject({ type: z.literal('state'), state: liveState }),
  /** The lab ends at `at`, because of its life time or because nothing happened in it. */
  z.strictObject({ type: z.literal('warning'), reason: z.enum(['expiry', 'idle']), at: z.number() }),
  z.strictObject({ type: z.literal('gone'), reason: z.enum(['destroyed', 'expired', 'idle', 'reset', 'crashed']) }),
]);
export type WatchEvent = z.infer<typeof watchEvent>;

export const labList = z.strictObject({ labs: z.array(labDescription) });
