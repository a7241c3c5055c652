const POD = 'pod/';

/**
 * The pod that a `sh` or `solution` block names, as NAMESPACE/NAME: `pod/pod1` lies in `default`, `pod/kube-system/coredns`
 * where it says. Undefined for a block that names a node.
 */
export function podNamed(target: string): string | undefined {
  if (!target.startsWith(POD)) return undefined;
  const name = target.slice(POD.length);
  return name.includes('/') ? name : `default/${name}`;
}

/** A pod in as few words as tell which: those of `default` by their name alone. */
export function shortPodName(pod: string): string {
  return pod.replace(/^default\//, '');
}
