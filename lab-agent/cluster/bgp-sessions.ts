import type { BgpSession } from '../contract/lab.ts';
import type { RunningLab } from '../providers/provider.ts';
import type { ClusterView } from './view.ts';

/** BIRD 2's own control socket in calico-node, as it lies on the node (image/images/calico-node). */
export const BIRD_SOCKET = '/run/calico/bird2.ctl';

/** The BGP sessions of a cluster's nodes, as their BIRD tells them. A node whose BIRD does not answer has none. */
export async function readSessions(lab: RunningLab, cluster: ClusterView): Promise<BgpSession[]> {
  const byAddress = new Map(cluster.nodes.map(({ name, address }) => [address, name]));
  const all = await Promise.all(
    cluster.nodes.map(async ({ name }) => {
      const argv = ['birdc', '-r', '-s', `{root}${BIRD_SOCKET}`, 'show', 'protocols', 'all'] as const;
      const looked = await lab.lookWithRoot(name, [...argv], { timeoutMs: 3000 });
      return looked.ok && looked.code === 0 ? parseSessions(name, looked.stdout, byAddress) : [];
    }),
  );
  return all.flat();
}

/** Reads `show protocols all` of BIRD 2: a line for each protocol, its details indented below. */
export function parseSessions(node: string, text: string, byAddress: ReadonlyMap<string, string>): BgpSession[] {
  const sessions: BgpSession[] = [];
  let name: string | undefined;
  let state = '';
  for (const line of text.split('\n')) {
    const head = /^(\S+)\s+(\S+)\s+\S+\s+\S+\s+\S+(?:\s+(.*))?$/.exec(line);
    if (head && !/^\s/.test(line)) {
      name = head[2] === 'BGP' ? head[1] : undefined;
      // The last word of the line, before what went wrong last: "Active  Socket: Connection refused".
      state = head[3]?.trim().split(/\s{2,}/)[0] ?? '';
      continue;
    }
    const stated = /^\s+BGP state:\s+(\S+)/.exec(line);
    if (stated && name) state = stated[1] as string;
    const peer = /^\s+Neighbor address:\s+([0-9a-fA-F.:]+)/.exec(line)?.[1];
    if (!name || !peer) continue;
    const peerNode = byAddress.get(peer);
    sessions.push({ node, name, peer, state, ...(peerNode ? { peerNode } : {}) });
    name = undefined;
  }
  return sessions;
}
