import { expect, it } from 'vitest';
import type { BgpSession, LiveState } from '../../lab-agent/contract/lab.ts';
import { layoutSessions, sessionLinks } from './layout-sessions.ts';
import { clusterNode } from './testing/cluster-state.ts';

const session = (node: string, peerNode: string | undefined, state = 'Established'): BgpSession => {
  return { node, name: 'Mesh', peer: '192.168.10.1', ...(peerNode ? { peerNode } : {}), state };
};
const nodes = ['m', 'w1', 'w2'].map((name) => clusterNode(name));
const mesh = nodes.flatMap(({ name }) => nodes.filter((n) => n.name !== name).map((n) => session(name, n.name)));

it('is one link for the two sides of a session, and up only when both say so', () => {
  expect(sessionLinks(mesh).map(({ key, up }) => [key, up])).toEqual([
    ['m—w1', true],
    ['m—w2', true],
    ['w1—w2', true],
  ]);
  const [link] = sessionLinks([session('m', 'w1'), session('w1', 'm', 'Active')]);
  expect(link).toMatchObject({ up: false, state: 'Active' });
});

it('names a peer outside of the lab by its address', () => {
  expect(sessionLinks([session('m', undefined)])[0]?.ends).toEqual(['192.168.10.1', 'm']);
});

it('puts the speakers into a ring in the order of the topology, all within its frame', () => {
  const state: LiveState = { at: 0, nodes, sessions: [...mesh, session('w1', undefined, 'Idle')] };
  const ring = layoutSessions(state);
  if (!ring) throw new Error('there is none');
  expect(ring.speakers.map(({ name }) => name)).toEqual(['m', 'w1', 'w2', '192.168.10.1']);
  for (const { x, y } of [...ring.speakers, ...ring.speakers.map(({ label }) => label)]) {
    expect(x > 0 && x < ring.width && y > 20 && y < ring.height, `${x} ${y}`).toBe(true);
  }
  expect(ring.links.filter(({ up }) => !up)).toHaveLength(1);
});

it('is nothing where nobody speaks BGP', () => {
  expect(layoutSessions({ at: 0, nodes })).toBeUndefined();
});
