import type { OpenTerminal } from '../contract/agent-api.ts';
import { HoplabError } from '../contract/errors.ts';
import type { PodShell } from '../contract/terminal.ts';
import type { RunningLab, ShellLaunch } from '../providers/provider.ts';

/** Where a terminal is opened: on a node, or in a pod by way of a node that can. */
type Opening = { node: string; launch: ShellLaunch };

/** @throws HoplabError `not-found` naming what there is instead */
export async function openingOf(lab: RunningLab, { node, pod }: OpenTerminal): Promise<Opening> {
  if (pod) return inPod(lab, pod);
  const known = shells(lab);
  if (known.includes(node)) return { node, launch: await lab.shellOn(node) };
  throw new HoplabError('not-found', `there is no terminal on "${node}"`, `Nodes with a shell: ${known.join(', ')}.`);
}

const shells = (lab: RunningLab): string[] => lab.nodes.filter(({ shell }) => shell).map(({ name }) => name);

/** The first shell that the container has, as people try them in turn. */
const SHELLS = 'for s in zsh bash ash sh; do command -v $s >/dev/null 2>&1 && exec $s; done; exec sh';

async function inPod(lab: RunningLab, { name: pod, by }: PodShell): Promise<Opening> {
  if (!lab.cluster) throw new HoplabError('not-found', 'this lab has no cluster, so it has no pods');
  const found = await lab.cluster.placeOf(pod);
  if (!found.ok)
    throw new HoplabError(found.missing ? 'not-found' : 'not-ready', found.why, 'Is it running? kubectl get pods');
  const { node, netns } = found.place;
  const [namespace = '', name = ''] = pod.split('/');
  if (by === 'exec') {
    const at = await kubectlNode(lab, lab.cluster.controlPlane);
    const exec = [
      '/usr/bin/kubectl',
      '--kubeconfig',
      KUBECONFIG,
      'exec',
      '-it',
      '-n',
      namespace,
      name,
      '--',
      'sh',
      '-c',
      SHELLS,
    ] as const;
    return { node: at, launch: await lab.shellOn(at, [...exec]) };
  }
  if (!netns) return { node, launch: await lab.shellOn(node) };
  return { node, launch: await lab.shellOn(node, ['/usr/sbin/ip', 'netns', 'exec', netns, '/bin/bash', '-l']) };
}

const KUBECONFIG = '/root/.kube/config';

/** A node with a shell that has credentials; the control plane of a managed cluster has none for learners. */
async function kubectlNode(lab: RunningLab, controlPlane: string): Promise<string> {
  const nodes = [controlPlane, ...shells(lab).filter((name) => name !== controlPlane)].filter((n) =>
    shells(lab).includes(n),
  );
  for (const node of nodes) if ((await lab.readFile(node, KUBECONFIG, 64 * 1024)).ok) return node;
  throw new HoplabError('not-found', 'no machine of this lab has a kubeconfig for kubectl', 'Reset the lab.');
}
