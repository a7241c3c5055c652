import { expect, it } from 'vitest';
import type { Preparation, PrepareCluster } from '../../lab-agent/contract/agent-api.ts';
import { topologySchema } from '../../lab-agent/contract/topology.ts';
import { untilPrepared } from './prepare-cluster.ts';

const cluster = { controlPlane: 'k8s-m', interface: 'enp0s8', podSubnet: '172.16.0.0/16' };
const wanted: PrepareCluster = {
  name: 'c/kans',
  topology: topologySchema.parse({ title: 'T', nodes: { 'k8s-m': {} }, cluster }),
};

function agent(...answers: Preparation[]) {
  return { prepareCluster: async () => answers.shift() ?? Promise.reject(new Error('asked too often')) };
}

it('says once what is being made, and goes on when it is ready', async () => {
  const said: string[] = [];
  const made = agent(
    { state: 'image', fraction: 0.431, stage: 'compiling kube-apiserver' },
    { state: 'ready', fraction: 1, stage: '' },
  );
  await untilPrepared(made, wanted, (line) => said.push(line.trim()));
  expect(said).toEqual(["making the cluster's image: compiling kube-apiserver (43 %)"]);
});

it('asks nothing for a topology without a cluster', async () => {
  const { cluster: _, ...topology } = wanted.topology;
  await untilPrepared(agent(), { ...wanted, topology }, () => {});
});

it('ends with what the agent says is wrong', async () => {
  const failed = agent({ state: 'failed', fraction: 0, stage: '', problem: 'The disk is full: make room.' });
  await expect(untilPrepared(failed, wanted, () => {})).rejects.toMatchObject({
    code: 'build-failed',
    hint: 'The disk is full: make room.',
  });
});
