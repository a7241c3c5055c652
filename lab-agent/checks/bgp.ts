import { canonicalNetwork, sameAddress } from './addresses.ts';
import { readSpeaker, type Speaker } from './bgp-speakers.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf } from './resolve.ts';
import { list } from './text.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

type Parameters = ParametersOf<'bgp'>;

export const checkBgp: Runner<'bgp'> = async (round, params) => {
  const { node, peer, route } = params;
  const expected = expectation(params);
  if (params.unseen) return unseen(expected, params.unseen);
  const read = await readSpeaker(round, node);
  if (!read.ok) return unseen(expected, read);
  const sessions = read.data.sessions.filter((s) => peer === undefined || sameAddress(s.peer, peer.value));
  const known = read.data.sessions.map(({ peer: other, state }) => `${other} (${state})`);
  if (peer !== undefined && sessions.length === 0) {
    return notMet(expected, `${node} has no session with ${peer.says}; it has: ${list(known, 'none')}`);
  }
  const fitting = sessions.filter((s) => s.state === params.state);
  if (fitting.length === 0) return notMet(expected, `the sessions of ${node}: ${list(known, 'none')}`);
  if (route === undefined) return met(expected, `the session of ${node} with ${peer?.says} is ${params.state}`);
  return routeVerdict(expected, params, read.data);
};

function routeVerdict(expected: string, { node, peer, route = '' }: Parameters, { routes }: Speaker) {
  const wanted = canonicalNetwork(route);
  const by = routes.filter((r) => canonicalNetwork(r.network) === wanted).map((r) => r.peer);
  const hit = by.find((other) => peer === undefined || sameAddress(other, peer.value));
  if (hit !== undefined) return met(expected, `${hit} announces ${route} to ${node}`);
  if (by.length > 0) return notMet(expected, `${route} is announced by ${list(by, '')}`, `${route} by ${by[0]}`);
  const from = peer === undefined ? routes : routes.filter((r) => sameAddress(r.peer, peer.value));
  const networks = [...new Set(from.map((r) => r.network))];
  return notMet(expected, `${peer?.says ?? 'its peers'} announce${peer ? 's' : ''}: ${list(networks, 'nothing')}`);
}

function expectation({ node, peer, state, route }: Parameters): string {
  if (route !== undefined) return `${peer?.says ?? 'a peer'} announces ${route} to ${node} by BGP`;
  return `the BGP session of ${node} with ${peer?.says} is ${state}`;
}
