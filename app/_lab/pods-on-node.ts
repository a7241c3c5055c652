import type { LiveNamespace, LivePod } from '../../lab-agent/contract/lab.ts';
import { shortPodName } from '../_lessons/command-target.ts';
import type { LiveNode } from './layout-machine.ts';
import type { PodShape } from './topology-shapes.ts';

/** A pod of a machine, with its namespace where it has one of its own. */
export type NodePod = Pick<PodShape, 'name' | 'label' | 'tone' | 'note' | 'address' | 'hostNetwork'> & {
  space: LiveNamespace | undefined;
};

/** How the runtime names the namespaces that it makes for pods. */
const MADE_FOR_A_POD = /^cni-[0-9a-f]{8}-/;
const SYSTEM = /^kube-system\//;

/**
 * What runs on a machine, those of the learner and those of kube-system apart. A namespace that was made for a pod is one
 * even while the cluster does not tell which.
 */
export function podsOnNode(node: LiveNode, pods: readonly LivePod[]): { own: NodePod[]; system: NodePod[] } {
  const here = pods.filter((pod) => pod.node === node.name);
  const told = here.map((pod): NodePod => {
    return {
      name: pod.name,
      label: shortPodName(pod.name).replace(SYSTEM, ''),
      ...stateOf(pod),
      address: pod.address,
      hostNetwork: pod.hostNetwork,
      space: node.namespaces.find((space) => space.pod === pod.name),
    };
  });
  const untold = podSpaces(node).filter(({ pod }) => !here.some(({ name }) => name === pod));
  const all = [...told, ...untold.map(unknownPod)];
  return { own: all.filter(({ name }) => !SYSTEM.test(name)), system: all.filter(({ name }) => SYSTEM.test(name)) };
}

/** The namespaces of a machine that are some pod's. */
export function podSpaces(node: LiveNode): LiveNamespace[] {
  return node.namespaces.filter(({ netns, pod }) => pod !== undefined || MADE_FOR_A_POD.test(netns ?? ''));
}

function unknownPod(space: LiveNamespace): NodePod {
  const name = space.pod ?? space.netns ?? '';
  const label = space.pod ? shortPodName(space.pod) : name;
  return { name, label, tone: 'unknown', note: undefined, address: undefined, hostNetwork: false, space };
}

const TROUBLE = /Err|BackOff|Fail|Invalid|OOM|CrashLoop|Unknown|Evicted|DeadlineExceeded/;

export function stateOf({ ready, phase, hostNetwork }: LivePod): Pick<NodePod, 'tone' | 'note'> {
  if (ready) return { tone: 'good', note: hostNetwork ? 'host-network' : undefined };
  if (phase === 'Running') return { tone: 'waits', note: 'not-ready' };
  if (phase === 'Succeeded' || phase === 'Completed') return { tone: 'over', note: { phase } };
  return { tone: TROUBLE.test(phase) ? 'bad' : 'waits', note: { phase } };
}
