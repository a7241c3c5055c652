import * as z from 'zod';
import type { LivePod, LiveState } from '../contract/lab.ts';
import type { RunningLab } from '../providers/provider.ts';
import { readSessions } from './bgp-sessions.ts';
import type { ClusterView } from './view.ts';

/** A picture with more cannot be read, and a lab must not be able to make it larger than a message may be. */
const MAX_PODS = 200;
const MAX_CHARS = 300;

const text = z.string().transform((t) => t.slice(0, MAX_CHARS));
const waiting = z.object({ state: z.object({ waiting: z.object({ reason: text.optional() }).optional() }).optional() });
const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: text, name: text, deletionTimestamp: z.string().optional() }),
      spec: z.object({ nodeName: text.optional(), hostNetwork: z.boolean().optional() }),
      status: z.object({
        phase: text.optional(),
        podIP: text.optional(),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
        initContainerStatuses: z.array(waiting).optional(),
        containerStatuses: z.array(waiting).optional(),
      }),
    }),
  ),
});
type Pod = z.infer<typeof podList>['items'][number];

/** Adds to a picture what the cluster knows: pods, which namespace is whose, and BGP sessions. Without an API, nothing. */
export async function withCluster(state: LiveState, lab: RunningLab, cluster: ClusterView): Promise<LiveState> {
  const [pods, sessions] = await Promise.all([readPods(cluster), readSessions(lab, cluster)]);
  if (!pods) return { ...state, sessions };
  const nodes = state.nodes.map((node) => ({
    ...node,
    namespaces: node.namespaces.map((one) => {
      const addresses = one.interfaces.flatMap((face) => face.addresses.map((a) => a.split('/')[0]));
      const pod =
        one.netns && pods.find((p) => p.node === node.name && !p.hostNetwork && addresses.includes(p.address));
      return pod ? { ...one, pod: pod.name } : one;
    }),
  }));
  return { ...state, nodes, pods, sessions };
}

async function readPods(cluster: ClusterView): Promise<LivePod[] | undefined> {
  const answer = await cluster.get('/api/v1/pods?limit=200', { timeoutMs: 2000 });
  const list = podList.safeParse(answer.ok ? answer.body : undefined);
  return list.success ? list.data.items.slice(0, MAX_PODS).map(livePod) : undefined;
}

function livePod({ metadata, spec, status }: Pod): LivePod {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const reason = all.map(({ state }) => state?.waiting?.reason).find((r) => r && r !== 'PodInitializing');
  const phase = metadata.deletionTimestamp ? 'Terminating' : (reason ?? status.phase ?? 'Pending');
  return {
    name: `${metadata.namespace}/${metadata.name}`,
    node: spec.nodeName ?? '',
    ready: status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false,
    phase,
    ...(status.podIP ? { address: status.podIP } : {}),
    hostNetwork: spec.hostNetwork ?? false,
  };
}
