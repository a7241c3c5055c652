import { expect, test } from 'vitest';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';
import { says } from './testing/verdict-lines.ts';

function lab(): MemoryLab {
  const memory = new MemoryLab();
  memory.names = ['cni-pod1', 'cni-coredns'];
  memory.cluster = new MemoryCluster()
    .runs('default', 'pod1', '172.16.158.2')
    .runs('kube-system', 'coredns', '172.16.34.5')
    .has('/api/v1/namespaces/default/pods', { items: [{ metadata: { name: 'pod1' } }, { metadata: { name: 'web' } }] })
    .has('/api/v1/namespaces/default/pods/web', {
      status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull' } } }] },
    })
    .has('/api/v1/namespaces/default/services/web', { spec: { clusterIP: '10.96.7.7' } })
    .has('/api/v1/namespaces/default/services/alone', { spec: { clusterIP: 'None' } });
  return memory;
}

const POD1 = 'w1/cni-pod1';
const ETH0 = JSON.stringify([
  { ifindex: 2, ifname: 'eth0', flags: ['UP'], addr_info: [{ local: '172.16.158.2', prefixlen: 32 }] },
]);

test('a pod is a place, by its own name', async () => {
  const memory = lab()
    .prints(`${POD1}: ip -j -d addr show`, ETH0)
    .prints(
      `${POD1}: ip -4 -j -d route show table all`,
      JSON.stringify([{ dst: 'default', gateway: '169.254.1.1', dev: 'eth0' }]),
    )
    .prints(`${POD1}: ip -j neigh show nud all`, '[]');
  const pod = { pod: 'pod1' };
  expect(
    await says(
      memory,
      { address: { ...pod, dev: 'eth0', is: '172.16.158.2/32' } },
      { address: { ...pod, dev: 'eth1', is: '172.16.158.2/32' } },
      { route: { ...pod, to: 'default', via: '169.254.1.1' } },
      { neighbour: { ...pod, to: 'node/w1' } },
      { process: { ...pod, name: 'pause' } },
    ),
  ).toMatchInlineSnapshot(`
    "met: eth0 in pod1 has 172.16.158.2/32
        eth0 in pod1 has 172.16.158.2/32
    not-met: eth1 in pod1 has 172.16.158.2/32
        there is no interface eth1 in pod1: eth0
    met: a default route via 169.254.1.1 in pod1
        default via 169.254.1.1 dev eth0
    not-met: the neighbour table in pod1 knows node/w1 (192.168.10.101)
        no entry for node/w1 (192.168.10.101) in pod1; the table knows: nobody
    not-met: a process pause runs in pod1
        no process pause in pod1; these run: none"
  `);
  memory.names = [];
  expect(await says(memory, { ping: { pod: 'kube-system/coredns', to: '10.0.0.1' } })).toMatchInlineSnapshot(`
    "not-met: a ping from kube-system/coredns to 10.0.0.1 is answered
        the pod kube-system/coredns has just gone"
  `);
});

test('names are addresses, and sentences say both', async () => {
  const memory = lab()
    .prints(
      'm: ping -n -c 1 -i 0.2 -W 1 -- 172.16.158.2',
      '64 bytes from 172.16.158.2: icmp_seq=1 ttl=62 time=0.2 ms\n',
    )
    .prints('m: ip -4 -j -d route show table all', JSON.stringify([{ dst: '172.16.158.2', dev: 'cali1' }]))
    .prints(
      'm: dig -r +noall +comments +answer +tries=1 +time=2 @172.16.34.5 -t A -q web',
      ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\nweb. 30 IN A 10.96.7.7\n',
    );
  memory.answers.set(
    'm: curl -q -sS -g -k --noproxy * --proto =http,https --max-time 3 --max-filesize 262144 -w %{stderr}\\n%{http_code} --url http://10.96.7.7:8080/x',
    { ok: true, code: 0, stdout: 'hello', stderr: '\n200' },
  );
  const node = { node: 'm' };
  expect(
    await says(
      memory,
      { ping: { ...node, to: 'pod/pod1' } },
      { route: { ...node, to: 'pod/pod1', dev: 'cali1' } },
      { route: { ...node, to: 'pod/pod1', via: 'node/w1' } },
      { dns: { ...node, name: 'web', server: 'pod/kube-system/coredns', answer: 'service/web' } },
      { http: { ...node, url: 'http://service/web:8080/x' } },
      { capture: { ...node, dev: 'eth0', from: 'pod/pod1', traffic: { ping: { pod: 'web', to: 'service/web' } } } },
    ),
  ).toMatchInlineSnapshot(`
    "met: a ping from m to pod/pod1 (172.16.158.2) is answered
        pod/pod1 (172.16.158.2) answered in N ms, TTL 62
    met: a route to pod/pod1 (172.16.158.2) dev cali1 on m
        172.16.158.2 dev cali1
    not-met: a route to pod/pod1 (172.16.158.2) via node/w1 (192.168.10.101) on m
        there is another: 172.16.158.2 dev cali1
        nearest: 172.16.158.2 dev cali1
    met: web (A), asked of pod/kube-system/coredns (172.16.34.5) from m, gives service/web (10.96.7.7)
        172.16.34.5 said NOERROR: 10.96.7.7
    met: http://service/web:8080/x (10.96.7.7), asked from m, answers 200
        it answered 200, body "hello"
    not-met: 1 packet from pod/pod1 (172.16.158.2) on eth0 on m while web pings service/web (10.96.7.7)
        the pod web has no address yet: it is Pending (ErrImagePull)"
  `);
});

test('what does not exist, or not yet, is not met, and says what is there', async () => {
  const node = { node: 'm' };
  expect(
    await says(
      lab(),
      { ping: { pod: 'pod2', to: '10.0.0.1' } },
      { ping: { pod: 'web', to: '10.0.0.1' } },
      { dns: { pod: 'pod2', name: 'web' } },
      { http: { pod: 'pod2', url: 'http://pod/Pod:80/'.toLowerCase() } },
      { link: { pod: 'pod2', dev: 'eth0', peer: { dev: 'cali1' } } },
      { process: { pod: 'pod2', name: 'nginx' } },
      { tcp: { ...node, to: 'pod/web', port: 80 } },
      { tcp: { ...node, to: 'service/wb', port: 80 } },
      { tcp: { ...node, to: 'service/alone', port: 80 } },
      { tcp: { ...node, to: 'pod/shop/web', port: 80 } },
    ),
  ).toMatchInlineSnapshot(`
    "not-met: a ping from pod2 to 10.0.0.1 is answered
        there is no pod pod2 in the namespace default; there are pod1 and web
    not-met: a ping from web to 10.0.0.1 is answered
        the pod web has no address yet: it is Pending (ErrImagePull)
    not-met: web (A), asked from pod2, gives an answer
        there is no pod pod2 in the namespace default; there are pod1 and web
    not-met: http://pod/pod:80/, asked from pod2, answers 200
        there is no pod pod2 in the namespace default; there are pod1 and web
    not-met: eth0 in pod2 exists, is plugged to cali1 on its node
        there is no pod pod2 in the namespace default; there are pod1 and web
    not-met: a process nginx runs in pod2
        there is no pod pod2 in the namespace default; there are pod1 and web
    not-met: a TCP connection from m to pod/web port 80 is accepted
        the pod web has no address yet: it is Pending (ErrImagePull)
    not-met: a TCP connection from m to service/wb port 80 is accepted
        there is no service wb in the namespace default, and no other
    not-met: a TCP connection from m to service/alone port 80 is accepted
        the service alone has no address of its own: it is headless
    not-met: a TCP connection from m to pod/shop/web port 80 is accepted
        there is no pod web in the namespace shop, and no other"
  `);
});

test('a lab without a cluster, an unknown node and an API that does not answer are broken', async () => {
  const memory = lab();
  const checks = [{ ping: { pod: 'pod1', to: '10.0.0.1' } }, { ping: { node: 'm', to: 'pod/pod1' } }];
  expect(await says(memory, { ping: { node: 'm', to: 'node/w9' } })).toMatchInlineSnapshot(`
    "broken: a ping from m to node/w9 is answered
        there is no node w9 in this cluster: m and w1"
  `);
  if (memory.cluster) memory.cluster.down = 'connection refused';
  expect(await says(memory, ...checks)).toMatchInlineSnapshot(`
    "broken: a ping from pod1 to 10.0.0.1 is answered
        the pod pod1 could not be found: connection refused
    broken: a ping from m to pod/pod1 is answered
        the cluster's API could not be asked: connection refused"
  `);
  memory.cluster = undefined;
  expect(await says(memory, ...checks)).toMatchInlineSnapshot(`
    "broken: a ping from pod1 to 10.0.0.1 is answered
        this lab has no cluster
    broken: a ping from m to pod/pod1 is answered
        this lab has no cluster"
  `);
});

test('what several checks name is asked for once a round', async () => {
  const memory = lab();
  const ping = { ping: { node: 'm', to: 'pod/pod1' } };
  await says(memory, ping, ping, { tcp: { node: 'm', to: 'pod/pod1', port: 80 } });
  expect(memory.cluster?.asked).toEqual(['/api/v1/namespaces/default/pods/pod1']);
});
