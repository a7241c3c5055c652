import { expect, test } from 'vitest';
import { parse } from '../contract/parse.ts';
import { topologySchema } from '../contract/topology.ts';
import type { Provider, RunningLab } from '../providers/provider.ts';
import { Lab } from './lab.ts';

/** A provider that only counts what lives. */
function counting() {
  const living = new Set<object>();
  const build = async () => {
    const lab = { alive: () => true, destroy: async () => void living.delete(lab) };
    living.add(lab);
    return lab as unknown as RunningLab;
  };
  return { living, provider: { build } as unknown as Provider };
}

const saved = {
  id: 'a',
  owner: 'ann',
  name: 'x',
  topology: {},
  image: '',
  createdAt: 0,
  buildMs: 0,
  expiresAt: 0,
  lastActive: 0,
  extensionsLeft: 0,
};
const topology = parse(topologySchema, { title: 'x', nodes: { one: {} } }, 'the test');

test('a lab that was ended does not come back by a reset that waited', async () => {
  const { living, provider } = counting();
  const lab = new Lab({ ...saved }, topology, provider);
  await lab.build();
  const ended = lab.end('destroyed');
  await expect(lab.reset()).rejects.toThrow('this lab has ended');
  await ended;
  expect(living.size).toBe(0);
  expect(lab.phase).toBe('closing');
});

test('who watches while a lab is built is told when there is something to look at', async () => {
  const { provider } = counting();
  const lab = new Lab({ ...saved }, topology, provider);
  let fresh = 0;
  lab.on('fresh', () => fresh++);
  await lab.build();
  await lab.reset();
  expect(fresh).toBe(2);
});
