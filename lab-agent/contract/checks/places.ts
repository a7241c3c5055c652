import { netnsName, nodeName, podName } from '../names.ts';

/** Where a check looks: a node, a named network namespace on it, or a pod. Goes with `.refine(...onePlace)`. */
export const place = {
  node: nodeName.optional(),
  netns: netnsName.optional(),
  pod: podName.optional().describe('In place of `node`: the network namespace of this pod, NAMESPACE/NAME.'),
};
export type PlaceAsWritten = { node?: string | undefined; netns?: string | undefined; pod?: string | undefined };

/** Exactly one place is named; told even when other parameters are wrong too. */
export const onePlace: [
  (at: PlaceAsWritten) => boolean,
  { error: (issue: { input?: unknown }) => string; when(): true },
] = [
  (at) => wrongPlace(at) === undefined,
  { error: ({ input }) => wrongPlace(input as PlaceAsWritten) ?? '', when: () => true },
];

function wrongPlace(at: PlaceAsWritten): string | undefined {
  // What is no object at all has been told by the schema itself.
  if (typeof at !== 'object' || at === null) return undefined;
  const { node, netns, pod } = at;
  if (node === undefined && pod === undefined) return 'a place is wanted: `node: k8s-m` or `pod: default/pod1`';
  if (node !== undefined && pod !== undefined) return '`node` and `pod` are two places: give one of them';
  if (netns !== undefined && pod !== undefined) return '`netns` goes with `node`: a pod has a namespace of its own';
  return undefined;
}
