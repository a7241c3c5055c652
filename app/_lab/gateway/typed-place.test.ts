import { expect, it } from 'vitest';
import type { LivePod, LiveState } from '../../../lab-agent/contract/lab.ts';
import { typedPlace } from './typed-place.ts';

const pod = (ready: boolean, phase = 'Running'): LivePod => {
  return { name: 'default/pod1', node: 'k8s-w1', ready, phase, hostNetwork: false };
};
/** Shows one list of pods after another, the last one for ever. */
function agent(...states: LivePod[][]) {
  return { state: async (): Promise<LiveState> => ({ at: 0, nodes: [], pods: states.shift() ?? [] }) };
}
const lab = 'aaaaaaaaaaaa';

it('types on the node that a block names', async () => {
  expect(await typedPlace(agent(), lab, { target: 'k8s-m' })).toEqual({ node: 'k8s-m' });
});

it('types in a pod once it is ready, wherever it was put', async () => {
  const waits = agent([], [pod(false, 'ContainerCreating')], [pod(true)]);
  const found = await typedPlace(waits, lab, { target: 'pod/pod1' });
  expect(found).toEqual({ node: 'k8s-w1', pod: { name: 'default/pod1', by: 'exec' } });
});

it('says how a pod was seen that does not come', async () => {
  const bad = agent([pod(false, 'ErrImagePull')]);
  await expect(typedPlace(bad, lab, { target: 'pod/pod1', patienceMs: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: Waited 0 s for the pod default/pod1: it is ErrImagePull.]`,
  );
});
