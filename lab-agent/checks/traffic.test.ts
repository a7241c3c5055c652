import { expect, test } from 'vitest';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';
import { says } from './testing/verdict-lines.ts';

const tcp = (to: string, port = 80) => `nc -n -z -v -w 1 -- ${to} ${port}`;
const DIG = 'dig -r +noall +comments +answer +tries=1 +time=1 @172.16.2.3 -t A -q kubernetes.default.svc.cluster.local';

function lab(): MemoryLab {
  const memory = new MemoryLab();
  memory.names = ['cni-guest', 'cni-web', 'cni-db'];
  memory.cluster = new MemoryCluster()
    .runs('default', 'guest', '172.16.1.1')
    .runs('default', 'web', '172.16.1.2')
    .runs('default', 'db', '172.16.2.3', 'm');
  const fails = (command: string, stderr: string, code = 1) =>
    memory.answers.set(command, { ok: true, code, stdout: '', stderr });
  memory.prints(`w1/cni-web: ${tcp('172.16.2.3')}`, '');
  memory.prints('w1/cni-web: nc -n -u -w 1 -- 172.16.2.3 514', 'hello');
  memory.prints(`w1/cni-web: ${DIG}`, ';; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n');
  memory.prints(
    'w1/cni-web: ping -n -c 1 -i 0.2 -W 1 -- 172.16.2.3',
    '64 bytes from 172.16.2.3: icmp_seq=1 ttl=62 time=0.2 ms\n',
  );
  fails(`w1/cni-guest: ${tcp('172.16.2.3')}`, '(UNKNOWN) [172.16.2.3] 80 (http) : Connection timed out');
  fails(`w1/cni-guest: ${tcp('172.16.2.3', 81)}`, '(UNKNOWN) [172.16.2.3] 81 (?) : Connection refused');
  fails(`w1/cni-web: ${tcp('172.16.2.3', 81)}`, '(UNKNOWN) [172.16.2.3] 81 (?) : Connection refused');
  fails(`w1/cni-guest: ${tcp('172.16.2.3', 82)}`, '(UNKNOWN) [172.16.2.3] 82 (?) : Network is unreachable');
  fails(`w1/cni-guest: ${DIG}`, '', 9);
  fails('w1/cni-guest: nc -n -u -w 1 -- 172.16.2.3 514', '');
  return memory;
}

test('traffic that is allowed', async () => {
  const traffic = (more: object) => ({ traffic: { from: 'pod/web', to: 'pod/db', ...more } });
  expect(
    await says(
      lab(),
      traffic({}),
      traffic({ proto: 'icmp' }),
      traffic({ proto: 'udp', port: 514 }),
      traffic({ proto: 'udp', port: 53 }),
      traffic({ from: 'pod/guest' }),
      traffic({ from: 'pod/guest', proto: 'udp', port: 53 }),
      traffic({ from: 'pod/guest', proto: 'udp', port: 514 }),
      traffic({ from: 'pod/nobody' }),
      traffic({ from: 'node/nowhere' }),
    ),
  ).toMatchInlineSnapshot(`
    "met: TCP from pod/web to pod/db port 80 is allowed
        pod/db (172.16.2.3) accepted a connection to port 80
    met: a ping from pod/web to pod/db is allowed
        pod/db (172.16.2.3) answered in N ms, TTL 62
    met: UDP from pod/web to pod/db port 514 is allowed
        pod/db (172.16.2.3) port 514 answered by UDP
    met: UDP from pod/web to pod/db port 53 is allowed
        pod/db (172.16.2.3) answered a DNS question: NXDOMAIN
    not-met: TCP from pod/guest to pod/db port 80 is allowed
        no connection to pod/db (172.16.2.3) port 80: no answer in time
    not-met: UDP from pod/guest to pod/db port 53 is allowed
        no answer from pod/db (172.16.2.3) to a DNS question
    not-met: UDP from pod/guest to pod/db port 514 is allowed
        no answer from pod/db (172.16.2.3) port 514: nothing came back
    not-met: TCP from pod/nobody to pod/db port 80 is allowed
        there is no pod nobody in the namespace default, and no other
    broken: TCP from node/nowhere to pod/db port 80 is allowed
        there is no node nowhere in this lab"
  `);
});

test('traffic that is denied, while other traffic is allowed', async () => {
  const traffic = (more: object) => ({
    traffic: { from: 'pod/guest', to: 'pod/db', is: 'denied', baseline: { from: 'pod/web' }, ...more },
  });
  expect(
    await says(
      lab(),
      traffic({}),
      traffic({ proto: 'udp', port: 514 }),
      traffic({ port: 81 }),
      traffic({ port: 82 }),
      traffic({ from: 'pod/web', baseline: { from: 'pod/guest' } }),
      traffic({ to: 'pod/gone' }),
      traffic({ baseline: { from: 'pod/gone' } }),
      traffic({ baseline: { from: 'node/m' } }),
    ),
  ).toMatchInlineSnapshot(`
    "met: TCP from pod/guest to pod/db port 80 is denied, while it is allowed from pod/web
        no connection to pod/db (172.16.2.3) port 80: no answer in time
    met: UDP from pod/guest to pod/db port 514 is denied, while it is allowed from pod/web
        no answer from pod/db (172.16.2.3) port 514: nothing came back
    not-met: TCP from pod/guest to pod/db port 81 is denied, while it is allowed from pod/web
        cannot tell yet: TCP from pod/web to pod/db port 81 is not allowed either (no connection to pod/db (172.16.2.3) port 81: refused: nothing listens there, or a rule rejects it)
    not-met: TCP from pod/guest to pod/db port 82 is denied, while it is allowed from pod/web
        cannot tell: no connection to pod/db (172.16.2.3) port 82: no route leads there (Network is unreachable)
    not-met: TCP from pod/web to pod/db port 80 is denied, while it is allowed from pod/guest
        it gets through: pod/db (172.16.2.3) accepted a connection to port 80
    not-met: TCP from pod/guest to pod/gone port 80 is denied, while it is allowed from pod/web
        there is no pod gone in the namespace default, and no other
    not-met: TCP from pod/guest to pod/db port 80 is denied, while it is allowed from pod/gone
        cannot tell yet: TCP from pod/gone to pod/db port 80 is not allowed either (there is no pod gone in the namespace default, and no other)
    broken: TCP from pod/guest to pod/db port 80 is denied, while it is allowed from node/m
        the baseline (TCP from node/m to pod/db port 80): nc could not be run on m: the lab is frozen"
  `);
});
