import type { CheckParameters } from '../contract/checks/index.ts';
import { findInterface, isUp } from './interfaces.ts';
import type { Runner } from './registry.ts';
import { type Round, where } from './round.ts';
import type { Interface } from './tool-json.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

type Parameters = CheckParameters<'link'>;

export const checkLink: Runner<'link'> = async (round, params) => {
  const expected = expectation(params);
  const found = await findInterface(round, params, params.dev);
  if (!found.ok) return unseen(expected, found);
  const { dev } = found.data;
  const at = `${dev.ifname} ${where(params)}`;
  const wrong: string[] = [];
  if (params.is !== 'present' && isUp(dev) !== (params.is === 'up')) wrong.push(`is ${isUp(dev) ? 'up' : 'down'}`);
  const kind = kindOf(dev);
  if (params.kind !== undefined && params.kind !== kind) wrong.push(`is of kind ${kind}`);
  if (params.mtu !== undefined && params.mtu !== dev.mtu) wrong.push(`has MTU ${dev.mtu ?? 'unknown'}`);
  if (params.peer) {
    const peer = await peerOf(round, params, dev);
    if (!peer.ok) return broken(expected, peer.why);
    if (peer.is !== nameEnd(params.node, params.peer)) wrong.push(peer.is ? `is plugged to ${peer.is}` : noPeer(kind));
  }
  if (wrong.length > 0) return notMet(expected, `${at} ${wrong.join(' and ')}`);
  return met(expected, `${at} is ${isUp(dev) ? 'up' : 'down'}, of kind ${kind}, with MTU ${dev.mtu ?? 'unknown'}`);
};

function expectation(params: Parameters): string {
  const parts = [params.is === 'present' ? 'exists' : `is ${params.is}`];
  if (params.kind) parts.push(`is of kind ${params.kind}`);
  if (params.mtu) parts.push(`has MTU ${params.mtu}`);
  if (params.peer) parts.push(`is plugged to ${nameEnd(params.node, params.peer)}`);
  return `${params.dev} ${where(params)} ${parts.join(', ')}`;
}

/** Loopback and physical interfaces have no kind in `ip -d link`. */
export function kindOf(dev: Interface): string {
  return dev.linkinfo?.info_kind ?? (dev.flags.includes('LOOPBACK') ? 'loopback' : 'physical');
}

const nameEnd = (node: string, end: { netns?: string | undefined; dev: string }): string =>
  `${end.dev} ${where({ node, netns: end.netns })}`;

const noPeer = (kind: string): string =>
  kind === 'veth' ? 'is plugged to an interface that is not in this lab' : `is of kind ${kind}, not a cable`;

/**
 * The other plug, as the provider's picture of the whole lab knows it: `ip` alone tells only an index in some other
 * namespace, and equal indices in several namespaces are the rule with veth cables.
 */
async function peerOf(
  round: Round,
  params: Parameters,
  dev: Interface,
): Promise<{ ok: true; is: string | undefined } | { ok: false; why: string }> {
  // In the same namespace `ip` names it.
  if (dev.link && kindOf(dev) === 'veth')
    return { ok: true, is: nameEnd(params.node, { netns: params.netns, dev: dev.link }) };
  const state = await round.liveState();
  const namespace = state.nodes.find((n) => n.name === params.node)?.namespaces.find((n) => n.netns === params.netns);
  if (!namespace || namespace.problem) {
    return { ok: false, why: `the picture of the lab lacks the place: ${namespace?.problem ?? 'it has just gone'}` };
  }
  const peer = namespace.interfaces.find((i) => i.name === dev.ifname)?.peer;
  if (!peer) return { ok: true, is: undefined };
  return { ok: true, is: nameEnd(peer.node, { netns: peer.netns, dev: peer.name }) };
}
