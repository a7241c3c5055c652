import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type ClusterStep, clusterStepIds } from '../contract/lab.ts';
import type { ClusterSettings } from '../contract/topology.ts';
import type { RunningLab } from '../providers/provider.ts';
import { readSessions } from './bgp-sessions.ts';
import type { ApiAnswer, ClusterView } from './view.ts';

/**
 * Looks at how far a cluster has come since it was switched on. What the API remembers of before does not count: a node is
 * ready when its kubelet has said so since, and a pod when its containers were started since.
 */
type StepId = ClusterStep['id'];

/** Which steps a cluster has: one without Calico has no BGP. */
export function stepsOf({ cni }: ClusterSettings): readonly StepId[] {
  return cni === 'calico' ? clusterStepIds : clusterStepIds.filter((id) => id !== 'bgp');
}

type Looked = {
  reached: boolean;
  observed: string;
  /** Until it is worth looking again. Left out: PAUSE_MS, and on a slow machine as long as looking took. */
  pauseMs?: number;
};
type Look = (lab: RunningLab, cluster: ClusterView, since: number) => Promise<Looked>;

const PAUSE_MS = 200;
/** Looking must not take the processors that a cluster starts with: nothing is near yet. */
const FAR_MS = 600;
/** Whoever does not listen refuses at once; one that listens may take long to answer, on an emulated machine ten seconds. */
const PATIENT = { timeoutMs: 30_000 };
/** Clocks of objects have whole seconds. */
const SECOND_MS = 1000;

export type Readiness = {
  /** Which steps this cluster has: one without Calico has no BGP. */
  steps: readonly StepId[];
  /** When it was switched on, in milliseconds since the epoch. */
  since: number;
  onStep(step: ClusterStep): void;
  signal?: AbortSignal | undefined;
};

/** Resolves when every step is reached, or when the lab has ended or the signal fires. Steps are told as they change. */
export async function followReadiness(lab: RunningLab, { steps, since, onStep, signal }: Readiness): Promise<void> {
  const cluster = lab.cluster;
  if (!cluster) return;
  let told = '';
  for (const id of clusterStepIds.filter((step) => steps.includes(step))) {
    for (;;) {
      if (signal?.aborted || !lab.alive()) return;
      const began = Date.now();
      const looked: Looked = await LOOKS[id](lab, cluster, since).catch((error) => ({
        reached: false,
        observed: String(error.message),
      }));
      if (signal?.aborted) return;
      const { reached, observed, pauseMs } = looked;
      const now = `${id} ${reached} ${observed}`;
      if (now !== told) onStep({ id, reached, observed, ...(reached ? { afterMs: Date.now() - since } : {}) });
      told = now;
      if (reached) break;
      await sleep(pauseMs ?? Math.max(PAUSE_MS, Date.now() - began));
    }
  }
}

const LOOKS: Record<StepId, Look> = {
  api: async (_, cluster) => {
    // As kubectl asks; /readyz waits on for what is written once in a cluster's life.
    const answer = await cluster.get('/api/v1/nodes?limit=1', PATIENT);
    if (!answer.ok) return { reached: false, observed: 'the API does not answer yet' };
    return {
      reached: answer.status === 200,
      observed: answer.status === 200 ? 'the API answers' : 'the API is starting',
      // Whoever asks before it serves is kept waiting, and refused until it knows its roles, a moment later.
      pauseMs: PAUSE_MS,
    };
  },

  nodes: async (_, cluster) => {
    // A template's nodes are not Ready (makeTemplate): whoever is has said so since.
    const all = items(await cluster.get('/api/v1/nodes', PATIENT), nodeObject);
    const ready = all.filter(({ status }) =>
      status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    return {
      reached: all.length > 0 && ready.length === all.length,
      observed: `${ready.length} of ${all.length} nodes are Ready`,
      ...(ready.length === 0 ? { pauseMs: FAR_MS } : {}),
    };
  },

  bgp: async (lab, cluster) => {
    const sessions = await readSessions(lab, cluster);
    const up = sessions.filter(({ state }) => state === 'Established').length;
    const wanted = cluster.nodes.length * (cluster.nodes.length - 1);
    if (up < wanted) return { reached: false, observed: `${up} of ${wanted} BGP sessions are Established` };
    const routes = await countRoutes(lab, cluster);
    const observed = `${up} BGP sessions are Established, ${routes} of ${wanted} routes are in the kernels`;
    return { reached: routes >= wanted, observed };
  },

  pods: async (_, cluster, since) => {
    const all = items(await cluster.get('/api/v1/namespaces/kube-system/pods', PATIENT), podObject).filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    const ready = all.filter(({ status }) => isReadySince(status, since));
    const missing = all.filter((pod) => !ready.includes(pod)).map(({ metadata }) => metadata.name);
    const rest = missing.length > 0 && missing.length <= 3 ? `; waiting for ${missing.join(', ')}` : '';
    return {
      reached: all.length > 0 && missing.length === 0,
      observed: `${ready.length} of ${all.length} system pods are ready${rest}`,
    };
  },
};

/** The routes that BIRD has written: each node has one to every other's block, through the tunnel or not. */
async function countRoutes(lab: RunningLab, cluster: ClusterView): Promise<number> {
  const printed = await Promise.all(
    cluster.nodes.map(({ name }) =>
      lab.look({ node: name }, ['ip', '-4', 'route', 'show', 'proto', 'bird'], { timeoutMs: 3000 }),
    ),
  );
  const routes = printed.flatMap((looked) => (looked.ok ? looked.stdout.split('\n') : []));
  return routes.filter((line) => / via /.test(line)).length;
}

const named = z.object({ name: z.string(), deletionTimestamp: z.string().optional() });
const conditions = z.array(z.object({ type: z.string(), status: z.string() })).optional();
const nodeObject = z.object({ metadata: named, status: z.object({ conditions }) });
const podStatus = z.object({
  conditions,
  containerStatuses: z
    .array(z.object({ state: z.object({ running: z.object({ startedAt: z.string() }).optional() }) }))
    .optional(),
});
const podObject = z.object({ metadata: named, status: podStatus });

function isReadySince({ conditions: all, containerStatuses = [] }: z.infer<typeof podStatus>, since: number): boolean {
  const ready = all?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  const fresh = containerStatuses.every(({ state }) => Date.parse(state.running?.startedAt ?? '') >= since - SECOND_MS);
  return ready && fresh && containerStatuses.length > 0;
}

/** The items of a list that the API answered with; none when it did not. */
function items<T>(answer: ApiAnswer, schema: z.ZodType<T>): T[] {
  const list = z.object({ items: z.array(schema) }).safeParse(answer.ok ? answer.body : undefined);
  return list.success ? list.data.items : [];
}
