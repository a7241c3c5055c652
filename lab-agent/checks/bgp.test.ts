import { expect, test } from 'vitest';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';
import { says } from './testing/verdict-lines.ts';

const BIRD = 'm: birdc -r -s {root}/run/calico/bird2.ctl show';
const FRR = 'router: vtysh --vty_socket {root}/run/frr -d bgpd -c show bgp ipv4 unicast';

/** BIRD 2.17.6, shortened. */
const PROTOCOLS = `BIRD 2.17.6 ready.
Access restricted
Name       Proto      Table      State  Since         Info
device1    Device     ---        up     15:15:52.328  

Mesh_192_168_10_101 BGP        ---        up     15:15:53.182  Established   
  BGP state:          Established
    Neighbor address: 192.168.10.101
    Neighbor AS:      64512

Mesh_192_168_20_100 BGP        ---        start  15:15:52.328  Active        Socket: No route to host
  BGP state:          Active
    Neighbor address: 192.168.20.100
    Last error:       Socket: No route to host
`;
const ROUTES = `BIRD 2.17.6 ready.
Access restricted
Table master4:
172.16.1.0/24        blackhole [static1 15:15:52.328] * (200)
172.16.158.0/24      unicast [Mesh_192_168_10_101 15:15:54.282 from 192.168.10.101] * (100) [i]
	via 192.168.10.101 on enp0s8
                     unicast [Mesh_192_168_20_100 15:15:54.282] (100) [i]
	via 192.168.20.100 on enp0s8
10.1.1.0/24          unreachable [Mesh_192_168_10_101 15:15:54.282 from 192.168.10.101] * (100) [i]
`;
/** FRR 10.3, shortened. */
const SUMMARY = JSON.stringify({ peerCount: 1, peers: { '192.168.10.10': { remoteAs: 64512, state: 'Established' } } });
const TABLE = `{ "routerId": "192.168.10.254", "routes": {
 "10.1.1.0/24": [{"valid":true,"pathFrom":"external","peerId":"(unspec)"}]
,"172.16.158.0/24": [{"valid":true,"pathFrom":"internal","peerId":"192.168.10.10"}]
 } , "totalRoutes": 2 }`;

function lab(): MemoryLab {
  const memory = new MemoryLab()
    .prints(`${BIRD} protocols all`, PROTOCOLS)
    .prints(`${BIRD} route`, ROUTES)
    .prints(`${FRR} summary json`, SUMMARY)
    .prints(`${FRR} json`, TABLE);
  memory.cluster = new MemoryCluster();
  return memory;
}

test("sessions and routes of a cluster's BIRD", async () => {
  const bgp = (more: object) => ({ bgp: { node: 'm', ...more } });
  expect(
    await says(
      lab(),
      bgp({ peer: 'node/w1' }),
      bgp({ peer: '192.168.20.100' }),
      bgp({ peer: '192.168.20.100', state: 'Active' }),
      bgp({ peer: '192.168.10.254' }),
      bgp({ peer: 'node/w1', route: '172.16.158.0/24' }),
      bgp({ route: '10.1.1.0/24' }),
      bgp({ peer: 'node/w1', route: '172.16.1.0/24' }),
      bgp({ peer: '192.168.20.100', route: '10.1.1.0/24' }),
    ),
  ).toMatchInlineSnapshot(`
    "met: the BGP session of m with node/w1 (192.168.10.101) is Established
        the session of m with node/w1 (192.168.10.101) is Established
    not-met: the BGP session of m with 192.168.20.100 is Established
        the sessions of m: 192.168.10.101 (Established) and 192.168.20.100 (Active)
    met: the BGP session of m with 192.168.20.100 is Active
        the session of m with 192.168.20.100 is Active
    not-met: the BGP session of m with 192.168.10.254 is Established
        m has no session with 192.168.10.254; it has: 192.168.10.101 (Established) and 192.168.20.100 (Active)
    met: node/w1 (192.168.10.101) announces 172.16.158.0/24 to m by BGP
        192.168.10.101 announces 172.16.158.0/24 to m
    met: a peer announces 10.1.1.0/24 to m by BGP
        192.168.10.101 announces 10.1.1.0/24 to m
    not-met: node/w1 (192.168.10.101) announces 172.16.1.0/24 to m by BGP
        node/w1 (192.168.10.101) announces: 172.16.158.0/24 and 10.1.1.0/24
    not-met: 192.168.20.100 announces 10.1.1.0/24 to m by BGP
        the sessions of m: 192.168.10.101 (Established) and 192.168.20.100 (Active)"
  `);
});

test("sessions and routes of a router's FRR", async () => {
  const bgp = (more: object) => ({ bgp: { node: 'router', ...more } });
  expect(
    await says(
      lab(),
      bgp({ peer: 'node/m' }),
      bgp({ peer: 'node/w1' }),
      bgp({ peer: 'node/m', route: '172.16.158.0/24' }),
      bgp({ route: '10.1.1.0/24' }),
    ),
  ).toMatchInlineSnapshot(`
    "met: the BGP session of router with node/m (192.168.10.10) is Established
        the session of router with node/m (192.168.10.10) is Established
    not-met: the BGP session of router with node/w1 (192.168.10.101) is Established
        router has no session with node/w1 (192.168.10.101); it has: 192.168.10.10 (Established)
    met: node/m (192.168.10.10) announces 172.16.158.0/24 to router by BGP
        192.168.10.10 announces 172.16.158.0/24 to router
    not-met: a peer announces 10.1.1.0/24 to router by BGP
        its peers announce: 172.16.158.0/24"
  `);
});

test('a daemon that does not run is not met; one that says something else is broken', async () => {
  const memory = lab();
  const fails = (command: string, stderr: string) =>
    memory.answers.set(command, { ok: true, code: 1, stdout: '', stderr });
  fails(`${BIRD} protocols all`, 'Unable to connect to server control socket (…): No such file or directory');
  fails(`${FRR} summary json`, 'Exiting: failed to connect to any daemons.');
  const router = { bgp: { node: 'router', peer: 'node/m' } };
  expect(await says(memory, { bgp: { node: 'm', peer: 'node/w1' } }, router)).toMatchInlineSnapshot(`
    "not-met: the BGP session of m with node/w1 (192.168.10.101) is Established
        no BIRD runs on m
    not-met: the BGP session of router with node/m (192.168.10.10) is Established
        no bgpd of FRR runs on router"
  `);
  memory.prints(`${FRR} summary json`, '{"peers": 7}');
  expect(await says(memory, router)).toMatchInlineSnapshot(`
    "broken: the BGP session of router with node/m (192.168.10.10) is Established
        vtysh printed something unexpected: the summary: peers: expected record, received number"
  `);
});
