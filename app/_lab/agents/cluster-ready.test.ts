import { expect, it } from 'vitest';
import type { ClusterStep, LabDescription } from '../../../lab-agent/contract/lab.ts';
import { untilClusterReady } from './cluster-ready.ts';

const api = (reached: boolean): ClusterStep => ({ id: 'api', reached, observed: reached ? 'answers' : 'no answer' });
const pods = (reached: boolean): ClusterStep => ({ id: 'pods', reached, observed: reached ? '12 of 12' : '3 of 12' });

/** Shows one state after another, the last one for ever. */
function agent(...states: ClusterStep[][]) {
  return { lab: async () => ({ cluster: states.length > 1 ? states.shift() : states[0] }) as LabDescription };
}

it('waits until every step is reached, and tells each change once', async () => {
  const told: string[] = [];
  const client = agent([api(true), pods(false)], [api(true), pods(false)], [api(true), pods(true)]);
  await untilClusterReady(
    client,
    { id: 'aaaaaaaaaaaa', cluster: [api(false), pods(false)] },
    { onSteps: (steps) => told.push(steps.map(({ observed }) => observed).join(', ')) },
  );
  expect(told).toEqual(['no answer, 3 of 12', 'answers, 3 of 12', 'answers, 12 of 12']);
});

it('does not wait for a lab without a cluster', async () => {
  await untilClusterReady({ lab: () => Promise.reject(new Error('asked')) }, { id: 'aaaaaaaaaaaa' });
});

it('says which step does not come', async () => {
  const stuck = [api(true), pods(false)];
  await expect(
    untilClusterReady(agent(stuck), { id: 'aaaaaaaaaaaa', cluster: stuck }, { patienceMs: 0 }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`[HoplabError: The cluster has not come up within 0 s: 3 of 12.]`);
});
