import { shortPodName } from '../_lessons/command-target.ts';
import type { WantedTerminal } from './terminal-registry.ts';

/** The contract's bound for the name of a terminal. */
const MOST_CHARS = 40;
const NETNS = ' netns';

/**
 * What a tab says: the node, or the pod, whose own name comes first in `kube-system/coredns-7b5`. The second of a name gets a
 * number: `k8s-m`, `k8s-m 2`, `pod1`, `pod1 netns`.
 */
export function terminalName({ node, pod }: WantedTerminal, taken: readonly string[]): string {
  const ending = pod?.by === 'namespace' ? NETNS : '';
  for (let number = 1; ; number++) {
    const tail = `${ending}${number === 1 ? '' : ` ${number}`}`;
    // A slash is no part of a terminal's name.
    const name = `${(pod ? shortPodName(pod.name).replace(/^.*\//, '') : node).slice(0, MOST_CHARS - tail.length)}${tail}`;
    if (!taken.includes(name)) return name;
  }
}
