import type { Place } from '../contract/names.ts';
import { placeOf } from './cluster-names.ts';
import { findInterface, isUp } from './interfaces.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf, SeenPlace } from './resolve.ts';
import { keyOf, type Round, where } from './round.ts';
import type { Interface } from './tool-json.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

type Parameters = ParametersOf<'link'>;

export const checkLink: Runner<'link'> = async (round, params) => {
  const wanted = await wantedEnd(round, params);
  const expected = expectation(params, wanted);
  const found = await findInterface(round, params, params.dev);
  if (!found.ok) return unseen(expected, found);
  const { dev } = found.data;
  const at = `${dev.ifname} ${where(params)}`;
  const wrong: string[] = [];
  if (params.is !== 'present' && isUp(dev) !== (params.is === 'up')) wrong.push(`is ${isUp(dev) ? 'up' : 'down'}`);
  const kind = kindOf(dev);
  if (params.kind !== undefined && params.kind !== kind) wrong.push(`is of kind ${kind}`);
  if (params.mtu !== undefined && params.mtu !== dev.mtu) wrong.push(`has MTU ${dev.mtu ?? 'unknown'}`);
  if (wanted) {
    const peer = await peerOf(round, params, dev);
    if (!peer.ok) return broken(expected, peer.why);
    if (!peer.is) wrong.push(noPeer(kind));
    else if (!sameEnd(peer.is, wanted)) wrong.push(`is plugged to ${nameEnd(peer.is)}`);
    if (wanted.unseen) return unseen(expected, wanted.unseen);
  }
  if (wrong.length > 0) return notMet(expected, `${at} ${wrong.join(' and ')}`);
  return met(expected, `${at} is ${isUp(dev) ? 'up' : 'down'}, of kind ${kind}, with MTU ${dev.mtu ?? 'unknown'}`);
};

function expectation(params: Parameters, peer: End | undefined): string {
  const parts = [params.is === 'present' ? 'exists' : `is ${params.is}`];
  if (params.kind) parts.push(`is of kind ${params.kind}`);
  if (params.mtu) parts.push(`has MTU ${params.mtu}`);
  if (peer) parts.push(`is plugged to ${nameEnd(peer)}`);
  return `${params.dev} ${where(params)} ${parts.join(', ')}`;
}

/** Loopback and physical interfaces have no kind in `ip -d link`. */
export function kindOf(dev: Interface): string {
  return dev.linkinfo?.info_kind ?? (dev.flags.includes('LOOPBACK') ? 'loopback' : 'physical');
}

/** An end of a cable. */
type End = SeenPlace & { dev: string };
const nameEnd = (end: End): string => `${end.dev} ${where(end)}`;
const sameEnd = (a: End, b: End): boolean => keyOf(a) === keyOf(b) && a.dev === b.dev;

/** The other plug as the author names it. */
async function wantedEnd(round: Round, { node, peer }: Parameters): Promise<End | undefined> {
  if (!peer) return undefined;
  const place = peer.pod === undefined ? { node, netns: peer.netns } : await placeOf(round, peer.pod);
  return { ...place, dev: peer.dev };
}

const noPeer = (kind: string): string =>
  kind === 'veth' ? 'is plugged to an interface that is not in this lab' : `is of kind ${kind}, not a cable`;

/**
 * The other plug, as the provider's picture of the whole lab knows it: `ip` alone tells only an index in some other
 * namespace, and equal indices in several namespaces are the rule with veth cables.
 */
async function peerOf(
  round: Round,
  { node, netns, pod }: Parameters,
  dev: Interface,
): Promise<{ ok: true; is: End | undefined } | { ok: false; why: string }> {
  // In the same namespace `ip` names it.
  if (dev.link && kindOf(dev) === 'veth') return { ok: true, is: { node, netns, pod, dev: dev.link } };
  const state = await round.liveState();
  const find = (at: Place) => state.nodes.find((n) => n.name === at.node)?.namespaces.find((n) => n.netns === at.netns);
  const namespace = find({ node, netns });
  if (!namespace || namespace.problem) {
    return { ok: false, why: `the picture of the lab lacks the place: ${namespace?.problem ?? 'it has just gone'}` };
  }
  const peer = namespace.interfaces.find((i) => i.name === dev.ifname)?.peer;
  return { ok: true, is: peer && { ...peer, pod: find(peer)?.pod, dev: peer.name } };
}
