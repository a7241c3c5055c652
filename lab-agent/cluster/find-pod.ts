import * as z from 'zod';
import type { RunningLab } from '../providers/provider.ts';
import type { ClusterView, PodPlace } from './view.ts';

/** The part of a pod that says where it is (api/core/v1/types.go). */
const podObject = z.object({
  spec: z.object({ nodeName: z.string().optional(), hostNetwork: z.boolean().optional() }),
  status: z.object({ phase: z.string().optional(), podIP: z.string().optional() }),
});

/**
 * Finds a pod's network namespace by its address: the runtime's name for it (`cni-…`) is in no object of the API, and what
 * the kernel says of a namespace cannot be made up by the lab without really being so.
 */
export async function findPod(lab: RunningLab, cluster: ClusterView, pod: string): Promise<PodPlace> {
  const [namespace = '', name = ''] = pod.split('/');
  const answer = await cluster.get(`/api/v1/namespaces/${namespace}/pods/${name}`);
  if (!answer.ok) return { ok: false, missing: false, why: answer.why };
  if (answer.status === 404) return { ok: false, missing: true, why: `there is no pod ${pod}` };
  const read = podObject.safeParse(answer.body);
  if (answer.status !== 200 || !read.success)
    return { ok: false, missing: false, why: `the API answers ${answer.status}` };
  const { spec, status } = read.data;
  const node = spec.nodeName;
  if (!node) return { ok: false, missing: true, why: `the pod ${pod} is on no node yet` };
  if (!lab.nodes.some((n) => n.name === node))
    return { ok: false, missing: true, why: `${pod} is on ${node}, which is no machine of this lab` };
  if (spec.hostNetwork) return { ok: true, place: { node } };
  if (!status.podIP)
    return { ok: false, missing: true, why: `the pod ${pod} has no address yet (${status.phase ?? 'Pending'})` };
  const netns = await netnsWith(lab, node, status.podIP);
  if (netns) return { ok: true, place: { node, netns } };
  return { ok: false, missing: true, why: `no namespace on ${node} has the address ${status.podIP} of ${pod}` };
}

const ADDRESS_TIMEOUT_MS = 4000;
/** Namespaces are tried this many at a time: each look starts a program. */
const AT_ONCE = 8;

/** The named namespace of a node that has an address; those that container runtimes make are looked at first. */
async function netnsWith(lab: RunningLab, node: string, address: string): Promise<string | undefined> {
  const names = (await lab.namedNetns(node)).filter((name) => name.startsWith('cni-'));
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    const has = await Promise.all(some.map((netns) => hasAddress(lab, { node, netns }, address)));
    const found = some.find((_, i) => has[i]);
    if (found) return found;
  }
  return undefined;
}

async function hasAddress(lab: RunningLab, place: { node: string; netns: string }, address: string): Promise<boolean> {
  const looked = await lab.look(place, ['ip', '-o', 'address', 'show', 'to', address], {
    timeoutMs: ADDRESS_TIMEOUT_MS,
  });
  return looked.ok && looked.code === 0 && looked.stdout.trim() !== '';
}
