import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BgpLab, birdc, configuration, pool, ROUTER, routerPeer, START_MS } from './testing/bgp-lab.ts';

/** Sessions and routes by our confd templates for BIRD 2 (image/images/calico-node): each resource is applied, BIRD and the kernel are read. */
const BIRD_ROUTES = 'ip route show proto bird';
const PROTOCOLS = birdc('show protocols');
const TO_W2 = /^172\.16\.184\.0\/24 via 192\.168\.10\.102 dev enp0s8/m;

describe('sessions and routes of a node', () => {
  let kans: BgpLab;
  beforeAll(async () => {
    kans = await BgpLab.start();
  }, START_MS);
  afterAll(async () => await kans?.[Symbol.asyncDispose]());
  afterEach(async () => await kans.putBack());

  test('meshes all nodes, and routes to their blocks go through tunl0', async () => {
    await kans.until('k8s-w1', `ip route | grep bird | sed 's/ *$//'`, [
      /^172\.16\.116\.0\/24 via 192\.168\.10\.10 dev tunl0 proto bird onlink$/m,
      /^172\.16\.184\.0\/24 via 192\.168\.10\.102 dev tunl0 proto bird onlink$/m,
      /^172\.16\.34\.0\/24 via 192\.168\.20\.100 dev tunl0 proto bird onlink$/m,
      /^blackhole 172\.16\.158\.0\/24 proto bird$/m,
    ]);
    expect((await kans.type('k8s-w1', BIRD_ROUTES)).trim().split('\n')).toHaveLength(4);
  });

  test('tunnels to other subnets only with CrossSubnet and to none with Never', async () => {
    await kans.given(pool({ ipipMode: 'CrossSubnet' }));
    await kans.until('k8s-w1', BIRD_ROUTES, [TO_W2, /34\.0\/24 via 192\.168\.20\.100 dev tunl0 onlink/]);
    await kans.given(pool({ ipipMode: 'Never' }));
    await kans.until('k8s-w1', BIRD_ROUTES, [TO_W2, /34\.0\/24 via 192\.168\.10\.254 dev enp0s8/], { absent: /tunl0/ });
  });

  test('leaves VXLAN to Felix, and gives nodes their tunnel addresses', async () => {
    await kans.given(pool({ ipipMode: 'Never', vxlanMode: 'Always' }));
    await kans.until('k8s-w1', 'ip route', [/^172\.16\.34\.0\/24 via \S+ dev vxlan\.calico/m], {
      absent: /via .* proto bird/,
    });
    await kans.until('k8s-w1', 'ip -o address show vxlan.calico', [/inet 172\.16\.158\.\d+\/32/]);
  });

  test('peers with a router that all nodes know, learns its routes, and forgets them with it', async () => {
    await kans.given(routerPeer());
    await kans.until('k8s-m', 'calicoctl node status', [/192\.168\.10\.254\s+\|\s+global\s+\|\s+up\s+\|.*Established/]);
    await kans.until('k8s-w1', BIRD_ROUTES, [
      /^10\.1\.1\.0\/24 via 192\.168\.10\.254 dev enp0s8/m,
      /^10\.1\.2\.0\/24/m,
    ]);
    await kans.until('router', "vtysh -c 'show bgp ipv4 unicast'", [/172\.16\.158\.0\/24/, /172\.16\.34\.0\/24/]);
    await kans.delete(routerPeer());
    await kans.until('k8s-w1', BIRD_ROUTES, [/172\.16/], { absent: /^10\.1\./m });
  });

  test('a peer of one node is that node’s alone', async () => {
    await kans.given(routerPeer({ node: 'k8s-w2' }));
    await kans.until('k8s-w2', PROTOCOLS, [/Node_192_168_10_254 .*Established/]);
    expect(await kans.type('k8s-w1', PROTOCOLS)).not.toMatch(/192_168_10_254/);
  });

  test('turns the mesh off, and a route reflector takes its place', async () => {
    await kans.given(configuration({ nodeToNodeMeshEnabled: false }));
    await kans.until('k8s-w1', PROTOCOLS, [/Kernel/], { absent: /BGP/ });
    await kans.mark('k8s-m', 'label', 'reflector', 'yes');
    await kans.mark('k8s-m', 'annotate', 'projectcalico.org/RouteReflectorClusterID', '244.0.0.1');
    await kans.given({
      kind: 'BGPPeer',
      metadata: { name: 'reflectors' },
      spec: { nodeSelector: 'all()', peerSelector: "reflector == 'yes'" },
    });
    await kans.until('k8s-w1', PROTOCOLS, [/Node_192_168_10_10 .*Established/], { absent: /Mesh/ });
    const route = birdc("'show route all for 172.16.34.0/24'");
    await kans.until('k8s-w1', route, [/originator_id: 192\.168\.20\.100/i, /cluster_list: 244\.0\.0\.1/i]);
    await kans.until('k8s-w1', BIRD_ROUTES, [/34\.0\/24 via 192\.168\.20\.100 dev tunl0 onlink/]);
  });

  test('gives a node an AS number of its own', async () => {
    await kans.mark('k8s-w2', 'annotate', 'projectcalico.org/ASNumber', '64999');
    const session = birdc('show protocols all Mesh_192_168_10_102');
    await kans.until('k8s-w1', session, [/Neighbor AS:\s+64999/, /BGP state:\s+Established/]);
  });

  test('speaks with another AS number to one peer', async () => {
    await kans.given(routerPeer({ node: 'k8s-w2', localASNumber: 65123 }));
    await kans.until('k8s-w2', birdc('show protocols all Node_192_168_10_254'), [/Local AS:\s+65123/]);
  });

  test('keeps sessions with a password, from a secret', async () => {
    await kans.type('k8s-m', SECRET);
    kans.onPutBack(() => kans.type('k8s-m', 'kubectl -n kube-system delete secret,role,rolebinding bgp-secrets'));
    const reference = { secretKeyRef: { name: 'bgp-secrets', key: 'mesh' } };
    await kans.given(configuration({ nodeMeshPassword: reference }));
    const config = () => kans.inside('k8s-w1', 'cat /etc/calico/confd/config/bird.cfg');
    await expect.poll(config, { timeout: 20_000 }).toContain('password "not said aloud"');
    await kans.untilMeshed('k8s-w1');
    // The kernel refuses what is not signed: without the password on the other side there is no session.
    await kans.until('k8s-w1', 'ss -tno state listening sport = :179 --tcp -e --info', [/md5/i]);
  });

  test('listens where and on what port it is told', async () => {
    await kans.given(configuration({ listenPort: 1790, bindMode: 'NodeIP' }));
    await kans.until('k8s-w1', 'ss -Hltn', [/192\.168\.10\.101:1790/], { absent: /:179 / });
    await kans.untilMeshed('k8s-w1');
  });

  test('takes no route away while BIRD restarts', async () => {
    // What the tests before put back reaches the nodes one after another, and each takes its sessions up anew.
    for (const node of ['k8s-m', 'k8s-w1', 'k8s-w2', 'k8s-w0']) {
      await kans.until(node, 'ss -Hltn', [/:179 /], { absent: /:1790 / });
      await kans.untilMeshed(node);
    }
    const before = await kans.until('k8s-w1', `${BIRD_ROUTES} | sort`, [/116\.0\/24/, /184\.0\/24/, /34\.0\/24/]);
    await kans.type('k8s-w1', 'ip -o monitor route > /tmp/changes 2>&1 < /dev/null & echo $! > /tmp/monitor');
    await kans.inside('k8s-w1', 'sv restart bird');
    await kans.untilMeshed('k8s-w1');
    await kans.until('k8s-w1', birdc('show status'), [/up and running/], { absent: /recovery/ });
    expect(await kans.type('k8s-w1', `${BIRD_ROUTES} | sort`)).toBe(before);
    const changes = await kans.type('k8s-w1', 'kill "$(cat /tmp/monitor)"; cat /tmp/changes');
    expect(changes).not.toMatch(/Deleted .*proto bird/);
  });

  test('routes through tunl0 again when it was down while BIRD looked', async () => {
    await kans.type('k8s-w1', 'ip link set tunl0 down');
    await kans.inside('k8s-w1', 'birdcl -s /var/run/calico/bird2.ctl reload out kernel1');
    await kans.type('k8s-w1', 'ip link set tunl0 up');
    await kans.until('k8s-w1', BIRD_ROUTES, [/34\.0\/24 via 192\.168\.20\.100 dev tunl0 onlink/]);
  });

  test('passes over interfaces it is told to ignore', async () => {
    await kans.until('k8s-w1', birdc("'show route protocol direct1'"), [/10\.0\.2\.0\/24/]);
    await kans.given(configuration({ ignoredInterfaces: ['enp0s3'] }));
    await kans.until('k8s-w1', birdc("'show route protocol direct1'"), [/192\.168\.10\.0\/24/], {
      absent: /10\.0\.2\.0\/24/,
    });
  });

  test('writes the options of a session as BIRD 2 has them', async () => {
    const options = { maxRestartTime: '33s', numAllowedLocalASNumbers: 2, ttlSecurity: 1, nextHopMode: 'Self' };
    const reached = { reachableBy: ROUTER, sourceAddress: 'None' };
    await kans.given(
      routerPeer({ peerIP: '10.1.1.9', asNumber: 65009, ...options, ...reached, nodeSelector: 'all()' }),
    );
    const session = birdc("'show protocols all Node_10_1_1_9'");
    await kans.until('k8s-w1', session, [/Neighbor AS:\s+65009/, /BGP state:/]);
    const config = await kans.inside('k8s-w1', 'cat /etc/calico/confd/config/bird.cfg');
    const start = config.indexOf('protocol bgp Node_10_1_1_9');
    expect(config.slice(start, config.indexOf('import filter', start))).toMatchInlineSnapshot(`
      "protocol bgp Node_10_1_1_9 from bgp_template {
        ttl security on;
        multihop 1;
        local as 64512;
        neighbor 10.1.1.9 as 65009;
        graceful restart time 33;
        allow local as 2;
        ipv4 {
          next hop self;
          "
    `);
    await kans.until('k8s-w1', BIRD_ROUTES, [/^10\.1\.1\.9 via 192\.168\.10\.254 dev enp0s8/m]);
  });
});

const SECRET = `kubectl -n kube-system create secret generic bgp-secrets --from-literal='mesh=not said aloud'
kubectl -n kube-system create role bgp-secrets --verb=get,list,watch --resource=secrets --resource-name=bgp-secrets
kubectl -n kube-system create rolebinding bgp-secrets --role=bgp-secrets --serviceaccount=kube-system:calico-node`;
