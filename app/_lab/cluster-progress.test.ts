import { expect, it } from 'vitest';
import type { ClusterStep } from '../../lab-agent/contract/lab.ts';
import { clusterProgress, seconds } from './cluster-progress.ts';

const step = (id: ClusterStep['id'], afterMs?: number): ClusterStep => {
  return { id, reached: afterMs !== undefined, observed: '', ...(afterMs === undefined ? {} : { afterMs }) };
};

it('is ready when every step is reached, after the time of the slowest', () => {
  const starting = [step('api', 2100), step('nodes', 4000), step('bgp'), step('pods')];
  expect(clusterProgress(starting)).toEqual({ done: 2, of: 4, ready: false, last: 'nodes', readyAfterMs: undefined });
  // Steps are reached in any order: the sessions may come up before a node says Ready.
  const ready = [step('api', 2100), step('nodes', 8000), step('bgp', 7000), step('pods', 7900)];
  expect(clusterProgress(ready)).toMatchObject({ done: 4, ready: true, readyAfterMs: 8000 });
});

it('is not ready before the agent has said anything', () => {
  expect(clusterProgress([])).toMatchObject({ ready: false, last: undefined });
});

it('tells times as people say them', () => {
  expect([400, 7349, 41_400].map(seconds)).toEqual(['0.4 s', '7.3 s', '41 s']);
});
