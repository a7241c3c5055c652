import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealLab, realLab } from './testing/real-lab.ts';

let real: RealLab;
const m = { node: 'm' };
const red = { node: 'm', netns: 'RED' };
const toRed = { ping: { ...m, to: '11.11.11.2' } };

beforeAll(async () => {
  real = await realLab({ nodes: { m: {} } });
  await real.type(
    'm',
    `ip netns add RED
     ip link add br0 type bridge; ip link set br0 up; ip addr add 11.11.11.1/24 dev br0
     ip link add p1 type veth peer name veth1 netns RED; ip link set p1 master br0 up
     ip -n RED addr add 11.11.11.2/24 dev veth1; ip -n RED link set veth1 up; ip -n RED link set lo up
     ip link add br1 type bridge
     ip link add a1 type veth peer name a2; ip link set a1 up; ip link set a2 up; ip addr add 10.1.0.1/24 dev a1
     ip route add blackhole 10.9.0.0/16
     mkdir -p /srv/www /etc/netns/RED; echo hello > /srv/www/index.html
     printf 'nameserver 11.11.11.2\\n' > /etc/netns/RED/resolv.conf
     printf 'nameserver 11.11.11.7\\n' > /etc/resolv.conf
     echo '11.11.11.2 web.lab' >> /etc/hosts
     ip netns exec RED busybox httpd -h /srv/www -p 80
     ip netns exec RED dnsmasq --no-resolv --no-hosts --port=53 --host-record=web.lab,11.11.11.2 --txt-record=t.lab,hi`,
  );
}, 30_000);
afterAll(() => real?.[Symbol.asyncDispose]());

test('ping', { timeout: 20_000 }, async () => {
  const says = await real.says(
    { ping: { ...m, to: '11.11.11.2', count: 2, ttl: 64, from: '11.11.11.1' } },
    { ping: { ...red, to: '11.11.11.1', size: 1000, from: 'veth1' } },
    { ping: { ...m, to: '11.11.11.2', ttl: 63 } },
    { ping: { ...m, to: '11.11.11.3', within: 0.5 } },
    { ping: { ...red, to: '11.11.11.3', within: 4 } },
    { ping: { ...red, to: '8.8.8.8' } },
    { ping: { ...m, to: '10.9.0.1' } },
    { ping: { ...m, to: '11.11.11.2', from: 'veth9' } },
    { ping: { ...m, to: '11.11.11.2', from: '9.9.9.9' } },
    { ping: { ...m, to: '11.11.11.2', size: 3000, whole: true } },
    { ping: { node: 'm', netns: 'GREEN', to: '11.11.11.2' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: a ping from m to 11.11.11.2 by 11.11.11.1 with TTL 64 in the answer is answered
        11.11.11.2 answered in N ms, TTL 64
    met: a ping from RED to 11.11.11.1 by veth1 with 1000 bytes is answered
        11.11.11.1 answered in N ms, TTL 64
    not-met: a ping from m to 11.11.11.2 with TTL 63 in the answer is answered
        11.11.11.2 answered in N ms, TTL 64
    not-met: a ping from m to 11.11.11.3 is answered
        no answer from 11.11.11.3: nothing came back within 0.5 s
    not-met: a ping from RED to 11.11.11.3 is answered
        no answer from 11.11.11.3: 11.11.11.2 says Destination Host Unreachable
    not-met: a ping from RED to 8.8.8.8 is answered
        no answer from 8.8.8.8: no route leads there (Network is unreachable)
    not-met: a ping from m to 10.9.0.1 is answered
        no answer from 10.9.0.1: a blackhole route swallows it
    not-met: a ping from m to 11.11.11.2 by veth9 is answered
        no answer from 11.11.11.2: there is no such interface to send from
    not-met: a ping from m to 11.11.11.2 by 9.9.9.9 is answered
        no answer from 11.11.11.2: the source address is not an address here
    not-met: a ping from m to 11.11.11.2 with 3000 bytes unfragmented is answered
        no answer from 11.11.11.2: it does not fit into one packet (message too long)
    not-met: a ping from GREEN to 11.11.11.2 is answered
        there is no network namespace GREEN on m"
  `);
});

test('ping past rules', { timeout: 20_000 }, async () => {
  await real.type('m', 'iptables -A OUTPUT -d 11.11.11.2 -p icmp -j DROP');
  expect(await real.says(toRed)).toMatchInlineSnapshot(`
    "not-met: a ping from m to 11.11.11.2 is answered
        no answer from 11.11.11.2: nothing came back within 1 s"
  `);
  await real.type('m', 'iptables -F; ip netns exec RED iptables -A INPUT -p icmp -j REJECT');
  expect(await real.says(toRed)).toMatchInlineSnapshot(`
    "not-met: a ping from m to 11.11.11.2 is answered
        no answer from 11.11.11.2: 11.11.11.2 says Destination Port Unreachable"
  `);
  await real.type('m', 'ip netns exec RED iptables -F');
});

test('tcp', { timeout: 20_000 }, async () => {
  const says = await real.says(
    { tcp: { ...m, to: '11.11.11.2', port: 80 } },
    { tcp: { ...red, to: '127.0.0.1', port: 80 } },
    { tcp: { ...m, to: '11.11.11.2', port: 82 } },
    { tcp: { ...m, to: '10.1.0.9', port: 80, within: 1 } },
    { tcp: { ...red, to: '8.8.8.8', port: 80 } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: a TCP connection from m to 11.11.11.2 port 80 is accepted
        11.11.11.2 accepted a connection to port 80
    met: a TCP connection from RED to 127.0.0.1 port 80 is accepted
        127.0.0.1 accepted a connection to port 80
    not-met: a TCP connection from m to 11.11.11.2 port 82 is accepted
        no connection to 11.11.11.2 port 82: refused: nothing listens there, or a rule rejects it
    not-met: a TCP connection from m to 10.1.0.9 port 80 is accepted
        no connection to 10.1.0.9 port 80: no answer in time
    not-met: a TCP connection from RED to 8.8.8.8 port 80 is accepted
        no connection to 8.8.8.8 port 80: no route leads there (Network is unreachable)"
  `);
});

test('http', { timeout: 20_000 }, async () => {
  const says = await real.says(
    { http: { ...m, url: 'http://11.11.11.2/', matches: '^hello$' } },
    { http: { ...m, url: 'http://web.lab/' } },
    { http: { ...red, url: 'http://127.0.0.1/none', status: 200 } },
    { http: { ...m, url: 'http://11.11.11.2/', matches: 'bye' } },
    { http: { ...m, url: 'http://11.11.11.2:82/' } },
    { http: { ...m, url: 'http://10.1.0.9/', within: 0.5 } },
    { http: { ...m, url: 'http://none.lab/', within: 0.5 } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: http://11.11.11.2/, asked from m, answers 200 and a body like /^hello$/
        it answered 200, body "hello"
    met: http://web.lab/, asked from m, answers 200
        it answered 200, body "hello"
    not-met: http://127.0.0.1/none, asked from RED, answers 200
        it answered 404, body "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>"
    not-met: http://11.11.11.2/, asked from m, answers 200 and a body like /bye/
        it answered 200, body "hello"
    not-met: http://11.11.11.2:82/, asked from m, answers 200
        no answer: no connection: nothing listens there, or no route leads there
    not-met: http://10.1.0.9/, asked from m, answers 200
        no answer: nothing came back in time
    not-met: http://none.lab/, asked from m, answers 200
        11.11.11.7 gives no address for none.lab"
  `);
});

test('dns', { timeout: 20_000 }, async () => {
  const says = await real.says(
    { dns: { ...m, name: 'web.lab', within: 1 } },
    { dns: { ...red, name: 'web.lab', answer: '11.11.11.2' } },
    { dns: { ...m, name: 'web.lab', server: '11.11.11.2', answer: '11.11.11.3' } },
    { dns: { ...m, name: 't.lab', server: '11.11.11.2', type: 'TXT', answer: '"hi"' } },
    { dns: { ...m, name: 'web.lab', type: 'AAAA', server: '11.11.11.2' } },
    { dns: { ...m, name: 'none.test', server: '11.11.11.2', status: 'NXDOMAIN' } },
    { dns: { ...red, name: '-q', server: '11.11.11.2' } },
    { dns: { ...m, name: 'web.lab', server: '11.11.11.1', within: 1 } },
    { dns: { node: 'm', netns: 'GREEN', name: 'web.lab', server: '127.0.0.1' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "not-met: web.lab (A), asked from m, gives an answer
        the resolver 11.11.11.7 did not answer: no reply in time
    met: web.lab (A), asked from RED, gives 11.11.11.2
        11.11.11.2 said NOERROR: 11.11.11.2
    not-met: web.lab (A), asked of 11.11.11.2 from m, gives 11.11.11.3
        11.11.11.2 said NOERROR: 11.11.11.2
    met: t.lab (TXT), asked of 11.11.11.2 from m, gives "hi"
        11.11.11.2 said NOERROR: "hi"
    not-met: web.lab (AAAA), asked of 11.11.11.2 from m, gives an answer
        11.11.11.2 said REFUSED: no answers
    not-met: none.test (A), asked of 11.11.11.2 from m, gives NXDOMAIN
        11.11.11.2 said REFUSED: no answers
    not-met: -q (A), asked of 11.11.11.2 from RED, gives an answer
        11.11.11.2 said REFUSED: no answers
    not-met: web.lab (A), asked of 11.11.11.1 from m, gives an answer
        the resolver 11.11.11.1 did not answer: nothing listens there
    not-met: web.lab (A), asked of 127.0.0.1 from GREEN, gives an answer
        there is no network namespace GREEN on m"
  `);
});

test('command', { timeout: 20_000 }, async () => {
  const says = await real.says(
    { command: { ...m, run: 'ip netns list', matches: '^RED' } },
    { command: { ...m, run: 'ip netns list', matches: '^GREEN' } },
    { command: { ...m, run: 'echo oh >&2; exit 3' } },
    { command: { ...m, run: 'sleep 5', within: 0.3 } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: \`ip netns list\` on m ends with status 0 and prints /^RED/
        it ended with status 0 and printed "RED (id: 0)"
    not-met: \`ip netns list\` on m ends with status 0 and prints /^GREEN/
        it ended with status 0 and printed "RED (id: 0)"
    not-met: \`echo oh >&2; exit 3\` on m ends with status 0
        it ended with status 3 and printed "oh"
    broken: \`sleep 5\` on m ends with status 0
        it took too long"
  `);
});

test('capture', { timeout: 40_000 }, async () => {
  const says = await real.says(
    { capture: { ...m, dev: 'br0', filter: 'icmp', proto: 'icmp', packets: 2, traffic: toRed } },
    { capture: { ...red, dev: 'any', to: '11.11.11.2', proto: 'icmp', traffic: toRed } },
    {
      capture: {
        ...m,
        dev: 'br0',
        proto: 'icmp',
        filter: 'not ip6',
        traffic: { ping: { ...red, to: '11.11.11.3' } },
      },
    },
    {
      capture: {
        ...red,
        dev: 'veth1',
        filter: 'tcp[tcpflags] == tcp-syn',
        traffic: { tcp: { ...m, to: '11.11.11.2', port: 80 } },
      },
    },
    { capture: { ...m, dev: 'br0', filter: 'udp', within: 0.3 } },
    { capture: { ...m, dev: 'br9' } },
    { capture: { ...m, dev: 'br1' } },
    { capture: { ...m, dev: 'br0', filter: 'icmp and and' } },
    { capture: { ...m, dev: 'br0', filter: '-z reboot' } },
    { capture: { node: 'm', netns: 'GREEN', dev: 'veth1' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: 2 ICMP packets that fit "icmp" on br0 on m while m pings 11.11.11.2
        2 packets on br0: ICMP echo request 11.11.11.1 > 11.11.11.2 and ICMP echo reply 11.11.11.2 > 11.11.11.1
    met: 1 ICMP packet to 11.11.11.2 on any in RED while m pings 11.11.11.2
        1 packet on any: ICMP echo request 11.11.11.1 > 11.11.11.2
    not-met: 1 ICMP packet that fits "not ip6" on br0 on m while RED pings 11.11.11.3
        2 packets on br0: ARP request for 11.11.11.3 from 11.11.11.2 (2 times); of the traffic: no answer from 11.11.11.3: nothing came back within 1 s
        nearest: ARP request for 11.11.11.3 from 11.11.11.2
    met: 1 packet that fits "tcp[tcpflags] == tcp-syn" on veth1 in RED while m connects to 11.11.11.2 port 80
        1 packet on veth1: TCP SYN 11.11.11.1:PORT > 11.11.11.2:80
    not-met: 1 packet that fits "udp" on br0 on m
        no packets on br0
    not-met: 1 packet on br9 on m
        there is no interface br9 on m
    not-met: 1 packet on br1 on m
        br1 on m is down
    broken: 1 packet that fits "icmp and and" on br0 on m
        tcpdump: can't parse filter expression: syntax error
    broken: 1 packet that fits "-z reboot" on br0 on m
        tcpdump: can't parse filter expression: syntax error
    not-met: 1 packet on veth1 in GREEN
        there is no network namespace GREEN on m"
  `);
});

test('a capture that must not see, while its baseline does', { timeout: 20_000 }, async () => {
  const says = await real.says({
    not: true,
    capture: { ...m, dev: 'a1', proto: 'icmp', filter: 'icmp', within: 2, traffic: toRed },
    baseline: { capture: { ...m, dev: 'br0', proto: 'icmp', filter: 'icmp', within: 2, traffic: toRed } },
  });
  expect(says).toMatchInlineSnapshot(`
    "met: not: 1 ICMP packet that fits "icmp" on a1 on m while m pings 11.11.11.2
        no packets on a1"
  `);
});

test('traffic that is allowed or denied', { timeout: 40_000 }, async () => {
  await real.type('m', '(ip netns exec RED socat UDP-LISTEN:7,fork EXEC:cat >/dev/null 2>&1 &)');
  await real.type('m', 'ip netns exec RED iptables -A INPUT -p tcp --dport 81 -j DROP');
  const traffic = (more: object) => ({ traffic: { from: 'node/m', to: '11.11.11.2', ...more } });
  const says = await real.says(
    traffic({}),
    traffic({ proto: 'icmp' }),
    traffic({ proto: 'udp', port: 7 }),
    traffic({ proto: 'udp', port: 53 }),
    traffic({ proto: 'udp', port: 9 }),
    traffic({ to: '10.1.0.9', proto: 'udp', port: 53 }),
    traffic({ to: '10.9.0.1' }),
    traffic({ port: 81, is: 'denied', baseline: { port: 80 } }),
    traffic({ port: 81, is: 'denied', baseline: { port: 82 } }),
    traffic({ port: 80, is: 'denied', baseline: { proto: 'icmp' } }),
    traffic({ to: '10.9.0.1', is: 'denied', baseline: { to: '11.11.11.2' } }),
  );
  expect(says).toMatchInlineSnapshot(`
    "met: TCP from node/m to 11.11.11.2 port 80 is allowed
        11.11.11.2 accepted a connection to port 80
    met: a ping from node/m to 11.11.11.2 is allowed
        11.11.11.2 answered in N ms, TTL 64
    met: UDP from node/m to 11.11.11.2 port 7 is allowed
        11.11.11.2 port 7 answered by UDP
    met: UDP from node/m to 11.11.11.2 port 53 is allowed
        11.11.11.2 answered a DNS question: REFUSED
    not-met: UDP from node/m to 11.11.11.2 port 9 is allowed
        no answer from 11.11.11.2 port 9: nothing came back
    not-met: UDP from node/m to 10.1.0.9 port 53 is allowed
        no answer from 10.1.0.9 to a DNS question
    not-met: TCP from node/m to 10.9.0.1 port 80 is allowed
        no connection to 10.9.0.1 port 80: a blackhole route swallows it
    met: TCP from node/m to 11.11.11.2 port 81 is denied, while it is allowed to port 80
        no connection to 11.11.11.2 port 81: no answer in time
    not-met: TCP from node/m to 11.11.11.2 port 81 is denied, while it is allowed to port 82
        cannot tell yet: TCP from node/m to 11.11.11.2 port 82 is not allowed either (no connection to 11.11.11.2 port 82: refused: nothing listens there, or a rule rejects it)
    not-met: TCP from node/m to 11.11.11.2 port 80 is denied, while it is allowed by ICMP
        it gets through: 11.11.11.2 accepted a connection to port 80
    not-met: TCP from node/m to 10.9.0.1 port 80 is denied, while it is allowed to 11.11.11.2
        cannot tell: no connection to 10.9.0.1 port 80: a blackhole route swallows it"
  `);
});

test('sets of addresses', async () => {
  await real.type(
    'm',
    'ipset create hosts hash:ip; ipset add hosts 11.11.11.2; ipset create ports hash:ip,port; ipset add ports 1.2.3.4,tcp:80',
  );
  const says = await real.says(
    { ipset: { ...m, name: 'hosts', type: 'hash:ip', entry: '11.11.11.2', count: 1 } },
    { ipset: { ...m, name: 'p*', entry: '1.2.3.4,tcp:80' } },
    { ipset: { ...m, name: 'hosts', entry: '1.2.3.4,tcp:80' } },
    { ipset: { ...red, name: 'hosts' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: the set hosts on m is of type hash:ip, holds 11.11.11.2 and has 1 entry
        hosts (hash:ip) has 1 entry: 11.11.11.2
    met: the set p* on m holds 1.2.3.4,tcp:80
        ports (hash:ip,port) has 1 entry: 1.2.3.4,tcp:80
    not-met: the set hosts on m holds 1.2.3.4,tcp:80
        hosts has 1 entry: 11.11.11.2
        nearest: 1.2.3.4,tcp:80 in ports
    not-met: the set hosts in RED exists
        there is no set hosts in RED: none"
  `);
});
