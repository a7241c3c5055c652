import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { BIRD_SOCKET, parseSessions } from '../cluster/bgp-sessions.ts';
import { parse } from '../contract/parse.ts';
import type { Round, Seen } from './round.ts';
import { firstLine } from './text.ts';
import type { Read } from './tool-json.ts';

/** What a BGP daemon knows: its sessions, and which of them announced which network. */
export type Speaker = { sessions: Session[]; routes: Announced[] };
type Session = { name: string; peer: string; state: string };
type Announced = { network: string; peer: string };

const FRR_SOCKETS = '{root}/run/frr';

/** Asks a node's BGP daemon: Calico's BIRD on nodes of the cluster, FRR on the others. */
export function readSpeaker(round: Round, node: string): Promise<Read<Speaker>> {
  const inCluster = round.lab.cluster?.nodes.some(({ name }) => name === node) ?? false;
  return inCluster ? readBird(round, node) : readFrr(round, node);
}

async function readBird(round: Round, node: string): Promise<Read<Speaker>> {
  const ask = (...words: string[]) =>
    round.stateWithRoot(node, ['birdc', '-r', '-s', `{root}${BIRD_SOCKET}`, 'show', ...words]);
  const [protocols, table] = await Promise.all([ask('protocols', 'all'), ask('route')]);
  if (!protocols.ok) return stopped(protocols, `no BIRD runs on ${node}`, /Unable to connect/);
  if (!table.ok) return stopped(table, `no BIRD runs on ${node}`, /Unable to connect/);
  const sessions = parseSessions(node, protocols.stdout, new Map());
  const peers = new Map(sessions.map(({ name, peer }) => [name, peer]));
  return { ok: true, data: { sessions, routes: birdRoutes(table.stdout, peers) } };
}

/** `172.16.184.0/24  unicast [Mesh_192_168_10_102 11:22:33.444] * (100) [i]`; further ways to the same network leave it out. */
export function birdRoutes(text: string, peers: ReadonlyMap<string, string>): Announced[] {
  const routes: Announced[] = [];
  let network = '';
  for (const line of text.split('\n')) {
    const found = /^(\S+\/\d+)?\s+[a-z]+ \[(\S+) /.exec(line);
    if (!found) continue;
    network = found[1] ?? network;
    const peer = peers.get(found[2] as string);
    if (peer !== undefined) routes.push({ network, peer });
  }
  return routes;
}

/**
 * What `show bgp ipv4 unicast summary json` and `show bgp ipv4 unicast json` print; without any peer nothing of it. A route of
 * its own has the peer `(unspec)`.
 */
const summaryShape = z.object({ peers: z.record(z.string(), z.object({ state: z.string() })).default({}) });
const routesShape = z.object({
  routes: z.record(z.string(), z.array(z.object({ peerId: z.string().default('') }))).default({}),
});

async function readFrr(round: Round, node: string): Promise<Read<Speaker>> {
  const ask = (words: string) =>
    round.stateWithRoot(node, [
      'vtysh',
      '--vty_socket',
      FRR_SOCKETS,
      '-d',
      'bgpd',
      '-c',
      `show bgp ipv4 unicast ${words}`,
    ]);
  const [summary, table] = await Promise.all([ask('summary json'), ask('json')]);
  const none = /failed to connect to any daemons|is not running/;
  if (!summary.ok) return stopped(summary, `no bgpd of FRR runs on ${node}`, none);
  if (!table.ok) return stopped(table, `no bgpd of FRR runs on ${node}`, none);
  try {
    const { peers } = parse(summaryShape, jsonIn(summary.stdout), 'the summary');
    const { routes } = parse(routesShape, jsonIn(table.stdout), 'the table');
    return {
      ok: true,
      data: {
        sessions: Object.entries(peers).map(([peer, { state }]) => ({ name: peer, peer, state })),
        routes: Object.entries(routes).flatMap(([network, ways]) =>
          ways.flatMap(({ peerId }) => (ipaddr.isValid(peerId) ? { network, peer: peerId } : [])),
        ),
      },
    };
  } catch (error) {
    return {
      ok: false,
      missing: false,
      why: `vtysh printed something unexpected: ${firstLine((error as Error).message)}`,
    };
  }
}

/** Without a BGP instance vtysh says so in words. */
const jsonIn = (text: string): unknown => (text.trim().startsWith('{') ? JSON.parse(text) : {});

/** A daemon that does not run is something to see; anything else kept us from looking. */
function stopped(seen: Extract<Seen, { ok: false }>, observed: string, sign: RegExp): Extract<Seen, { ok: false }> {
  return !seen.missing && sign.test(seen.why) ? { ok: false, missing: true, observed } : seen;
}
