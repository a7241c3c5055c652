import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealLab, realLab } from './testing/real-lab.ts';

let real: RealLab;
const m = { node: 'm' };
const red = { node: 'm', netns: 'RED' };

beforeAll(async () => {
  real = await realLab({ nodes: { m: {} } });
  await real.type(
    'm',
    `ip netns add RED; ip netns add BLUE
     ip link add veth1 netns RED type veth peer name veth2 netns BLUE
     ip -n RED addr add 11.11.11.2/32 dev veth1; ip -n RED link set veth1 up
     ip -n BLUE addr add 11.11.11.3/24 dev veth2; ip -n BLUE link set veth2 up
     ip -n RED neigh add 11.11.11.9 lladdr 02:00:00:00:00:09 dev veth1 nud permanent
     ip link add br0 type bridge; ip link set br0 up; ip addr add 10.0.0.1/24 dev br0
     ip link add br1 type bridge
     ip link add p1 type veth peer name p2; ip link set p1 master br0 up; ip link set p2 up mtu 1400
     ip route add 10.7.0.0/16 via 10.0.0.7; ip route add blackhole 10.9.0.0/16
     ip route add 10.8.0.0/16 nexthop via 10.0.0.3 nexthop via 10.0.0.4
     ip route add 10.6.0.0/16 via 10.0.0.6 table 100
     ip netns exec RED ip route add default dev veth1
     iptables -P FORWARD DROP
     iptables -t nat -A POSTROUTING -s 11.11.11.0/24 -j MASQUERADE
     iptables -A FORWARD -i br0 -p tcp --dport 80 -m conntrack --ctstate NEW,ESTABLISHED -j REJECT
     iptables -A FORWARD -m comment --comment "a b" -j MARK --set-mark 1
     ip netns exec RED iptables -A INPUT ! -s 1.2.3.4 -p icmp --icmp-type echo-request -j ACCEPT
     printf 'one\\ntwo\\n' > /etc/some.conf; chmod 640 /etc/some.conf; printf %040d 0 > /etc/slow
     sleep 1000 >/dev/null 2>&1 &
     ip netns exec RED sleep 2000 >/dev/null 2>&1 &`,
  );
}, 30_000);
afterAll(() => real?.[Symbol.asyncDispose]());

test('namespace', async () => {
  const says = await real.says(
    { namespace: { node: 'm', name: 'RED' } },
    { namespace: { node: 'm', name: 'red' } },
    { namespace: { node: 'm', name: 'GREEN' } },
    { namespace: { node: 'x', name: 'RED' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: m has a network namespace RED
        the network namespace RED exists on m
    not-met: m has a network namespace red
        the network namespaces of m are: BLUE and RED
        nearest: RED
    not-met: m has a network namespace GREEN
        the network namespaces of m are: BLUE and RED
    broken: namespace: node x, name RED
        there is no node x in this lab"
  `);
});

test('link', async () => {
  const says = await real.says(
    { link: { ...red, dev: 'veth1', is: 'up', kind: 'veth', peer: { netns: 'BLUE', dev: 'veth2' } } },
    { link: { ...red, dev: 'veth1', peer: { dev: 'veth2' } } },
    { link: { ...m, dev: 'br0', is: 'down', kind: 'veth', mtu: 9000 } },
    { link: { ...m, dev: 'p2', mtu: 1400, peer: { dev: 'p1' } } },
    { link: { ...m, dev: 'veth1' } },
    { link: { node: 'm', netns: 'red', dev: 'veth1' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: veth1 in RED is up, is of kind veth, is plugged to veth2 in BLUE
        veth1 in RED is up, of kind veth, with MTU 1500
    not-met: veth1 in RED exists, is plugged to veth2 on m
        veth1 in RED is plugged to veth2 in BLUE
    not-met: br0 on m is down, is of kind veth, has MTU 9000
        br0 on m is up and is of kind bridge and has MTU 1500
    met: p2 on m exists, has MTU 1400, is plugged to p1 on m
        p2 on m is up, of kind veth, with MTU 1400
    not-met: veth1 on m exists
        there is no interface veth1 on m: br0, br1, p2 and p1
        nearest: veth1 is in RED
    not-met: veth1 in red exists
        there is no network namespace red on m
        nearest: the network namespace RED"
  `);
});

test('address', async () => {
  const says = await real.says(
    { address: { node: 'm', netns: 'BLUE', dev: 'veth2', is: '11.11.11.3/24' } },
    { address: { ...red, dev: 'veth1', is: '11.11.11.2/24' } },
    { address: { ...m, dev: 'br1', is: '10.0.0.1/24' } },
    { address: { ...m, dev: 'p2', is: '10.0.0.9/24' } },
    { address: { ...red, dev: 'veth2', is: '11.11.11.3/24' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: veth2 in BLUE has 11.11.11.3/24
        veth2 in BLUE has 11.11.11.3/24
    not-met: veth1 in RED has 11.11.11.2/24
        veth1 in RED has 11.11.11.2/32
        nearest: 11.11.11.2/32 on veth1
    not-met: br1 on m has 10.0.0.1/24
        br1 on m has no address
        nearest: 10.0.0.1/24 on br0
    not-met: p2 on m has 10.0.0.9/24
        p2 on m has no address
    not-met: veth2 in RED has 11.11.11.3/24
        there is no interface veth2 in RED: veth1
        nearest: veth2 is in BLUE"
  `);
});

test('route', async () => {
  const says = await real.says(
    { route: { ...m, to: '10.7.0.0/16', via: '10.0.0.7', dev: 'br0' } },
    { route: { ...m, to: '10.8.0.0/16', via: '10.0.0.4' } },
    { route: { ...m, to: '10.9.0.0/16', type: 'blackhole' } },
    { route: { ...red, to: 'default' } },
    { route: { ...m, to: '10.6.0.0/16', table: 100 } },
    { route: { ...m, to: '10.7.0.0/16', via: '10.0.0.8' } },
    { route: { ...m, to: '10.6.0.0/16' } },
    { route: { ...m, to: '10.7.1.0/24' } },
    { route: { ...m, to: 'default', via: '10.0.0.1' } },
    { route: { ...red, to: 'fd00::/64' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: a route to 10.7.0.0/16 via 10.0.0.7 dev br0 on m
        10.7.0.0/16 via 10.0.0.7 dev br0
    met: a route to 10.8.0.0/16 via 10.0.0.4 on m
        10.8.0.0/16 via 10.0.0.3 dev br0 and via 10.0.0.4 dev br0
    met: a blackhole route to 10.9.0.0/16 on m
        blackhole 10.9.0.0/16
    met: a default route in RED
        default dev veth1
    met: a route to 10.6.0.0/16 on m, table 100
        10.6.0.0/16 via 10.0.0.6 dev br0
    not-met: a route to 10.7.0.0/16 via 10.0.0.8 on m
        there is another: 10.7.0.0/16 via 10.0.0.7 dev br0
        nearest: 10.7.0.0/16 via 10.0.0.7 dev br0
    not-met: a route to 10.6.0.0/16 on m
        no route to 10.6.0.0/16 on m; there are routes to: 10.0.0.0/24, 10.7.0.0/16, 10.8.0.0/16 and 10.9.0.0/16
        nearest: 10.6.0.0/16 via 10.0.0.6 dev br0 in table 100
    not-met: a route to 10.7.1.0/24 on m
        no route to 10.7.1.0/24 on m; there are routes to: 10.0.0.0/24, 10.7.0.0/16, 10.8.0.0/16 and 10.9.0.0/16
        nearest: 10.7.0.0/16 via 10.0.0.7 dev br0
    not-met: a default route via 10.0.0.1 on m
        no default route on m; there are routes to: 10.0.0.0/24, 10.7.0.0/16, 10.8.0.0/16 and 10.9.0.0/16
    not-met: a route to fd00::/64 in RED
        no route to fd00::/64 in RED; there are routes to: nothing"
  `);
});

test('neighbour', async () => {
  const says = await real.says(
    { neighbour: { ...red, to: '11.11.11.9', lladdr: '02:00:00:00:00:09', state: 'permanent' } },
    { neighbour: { ...red, to: '11.11.11.9', state: 'reachable' } },
    { neighbour: { ...red, to: '11.11.11.8' } },
    { neighbour: { ...m, to: '11.11.11.9' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: the neighbour table in RED knows 11.11.11.9 at 02:00:00:00:00:09 as permanent
        11.11.11.9 dev veth1 lladdr 02:00:00:00:00:09 permanent
    not-met: the neighbour table in RED knows 11.11.11.9 as reachable
        the entry is another: 11.11.11.9 dev veth1 lladdr 02:00:00:00:00:09 permanent
        nearest: 11.11.11.9 dev veth1 lladdr 02:00:00:00:00:09 permanent
    not-met: the neighbour table in RED knows 11.11.11.8
        no entry for 11.11.11.8 in RED; the table knows: 11.11.11.9
    not-met: the neighbour table on m knows 11.11.11.9
        no entry for 11.11.11.9 on m; the table knows: nobody"
  `);
});

test('bridge-port', async () => {
  const says = await real.says(
    { 'bridge-port': { ...m, bridge: 'br0', port: 'p1' } },
    { 'bridge-port': { ...m, bridge: 'br1', port: 'p1' } },
    { 'bridge-port': { ...m, bridge: 'br0', port: 'p2' } },
    { 'bridge-port': { ...m, bridge: 'p1', port: 'p2' } },
    { 'bridge-port': { ...red, bridge: 'br0', port: 'veth1' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: p1 is a port of bridge br0 on m
        p1 is a port of br0, forwarding
    not-met: p1 is a port of bridge br1 on m
        p1 is a port of br0; br1 has ports: none
        nearest: p1 on br0
    not-met: p2 is a port of bridge br0 on m
        p2 is a port of no bridge; br0 has ports: p1
    not-met: p2 is a port of bridge p1 on m
        p1 is of kind veth, not a bridge
    not-met: veth1 is a port of bridge br0 in RED
        there is no interface br0 in RED: veth1
        nearest: br0 is on m"
  `);
});

test('sysctl', async () => {
  const says = await real.says(
    { sysctl: { ...m, key: 'net.ipv4.ip_forward', is: 0 } },
    { sysctl: { ...red, key: 'net/ipv4/ip_forward', is: 7 } },
    { sysctl: { ...m, key: 'net.ipv4.conf.veth9.rp_filter', is: 0 } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: net.ipv4.ip_forward on m is 0
        net.ipv4.ip_forward on m is 0
    not-met: net/ipv4/ip_forward in RED is 7
        net/ipv4/ip_forward in RED is 0
    not-met: net.ipv4.conf.veth9.rp_filter on m is 0
        there is no setting net.ipv4.conf.veth9.rp_filter on m"
  `);
});

test('iptables', async () => {
  const says = await real.says(
    { iptables: { ...m, chain: 'FORWARD', policy: 'DROP' } },
    { iptables: { ...m, chain: 'INPUT', policy: 'DROP' } },
    { iptables: { ...red, chain: 'FORWARD', policy: 'ACCEPT' } },
    { iptables: { ...m, table: 'nat', chain: 'POSTROUTING', rule: '--jump MASQUERADE --source 11.11.11.0/24' } },
    { iptables: { ...m, table: 'nat', chain: 'POSTROUTING', rule: '-s 11.11.11.0/24 -o eth0 -j MASQUERADE' } },
    { iptables: { ...m, table: 'nat', chain: 'PREROUTING', rule: '-s 11.11.11.0/24 -j MASQUERADE' } },
    {
      iptables: {
        ...m,
        chain: 'FORWARD',
        rule: '-p tcp --dport 80 -i br0 -m conntrack --ctstate ESTABLISHED,NEW -j REJECT',
      },
    },
    { iptables: { ...m, chain: 'FORWARD', rule: '-j MARK --set-mark 1 -m comment --comment "a b"' } },
    { iptables: { ...m, chain: 'FORWARD', rule: '-i br0 -p tcp -j REJECT' } },
    { iptables: { ...red, chain: 'INPUT', rule: '-p icmp -s ! 1.2.3.4/32 --icmp-type 8 -j ACCEPT' } },
    { iptables: { ...red, chain: 'INPUT', matches: 'icmp.* ACCEPT$' } },
    { iptables: { ...red, chain: 'INPUT', matches: '-j DROP' } },
    { iptables: { ...m, chain: 'POSTROUTING', rule: '-j ACCEPT' } },
    { iptables: { ...m, chain: 'forward', policy: 'DROP' } },
    { iptables: { ...m, chain: 'FORWARD', family: 'ipv6', policy: 'DROP' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: FORWARD of table filter on m has policy DROP
        FORWARD has policy DROP
    not-met: INPUT of table filter on m has policy DROP
        INPUT has policy ACCEPT
    met: FORWARD of table filter in RED has policy ACCEPT
        FORWARD has policy ACCEPT
    met: POSTROUTING of table nat on m has the rule --jump MASQUERADE --source 11.11.11.0/24
        -A POSTROUTING -s 11.11.11.0/24 -j MASQUERADE
    not-met: POSTROUTING of table nat on m has the rule -s 11.11.11.0/24 -o eth0 -j MASQUERADE
        POSTROUTING of table nat has 1 rule, none like that
        nearest: -A POSTROUTING -s 11.11.11.0/24 -j MASQUERADE
    not-met: PREROUTING of table nat on m has the rule -s 11.11.11.0/24 -j MASQUERADE
        PREROUTING of table nat has no rules
        nearest: -A POSTROUTING -s 11.11.11.0/24 -j MASQUERADE in table nat
    met: FORWARD of table filter on m has the rule -p tcp --dport 80 -i br0 -m conntrack --ctstate ESTABLISHED,NEW -j REJECT
        -A FORWARD -i br0 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW,ESTABLISHED -j REJECT --reject-with icmp-port-unreachable
    met: FORWARD of table filter on m has the rule -j MARK --set-mark 1 -m comment --comment "a b"
        -A FORWARD -m comment --comment "a b" -j MARK --set-xmark 0x1/0xffffffff
    not-met: FORWARD of table filter on m has the rule -i br0 -p tcp -j REJECT
        FORWARD of table filter has 2 rules, none like that
        nearest: -A FORWARD -i br0 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW,ESTABLISHED -j REJECT --reject-with icmp-port-unreachable
    met: INPUT of table filter in RED has the rule -p icmp -s ! 1.2.3.4/32 --icmp-type 8 -j ACCEPT
        -A INPUT ! -s 1.2.3.4/32 -p icmp -m icmp --icmp-type 8 -j ACCEPT
    met: INPUT of table filter in RED has a rule like /icmp.* ACCEPT$/
        -A INPUT ! -s 1.2.3.4/32 -p icmp -m icmp --icmp-type 8 -j ACCEPT
    not-met: INPUT of table filter in RED has a rule like /-j DROP/
        INPUT of table filter has 1 rule, none like that
        nearest: -A INPUT ! -s 1.2.3.4/32 -p icmp -m icmp --icmp-type 8 -j ACCEPT
    not-met: POSTROUTING of table filter on m has the rule -j ACCEPT
        there is no chain POSTROUTING in table filter on m: INPUT, FORWARD and OUTPUT
        nearest: POSTROUTING in table nat
    not-met: forward of table filter on m has policy DROP
        there is no chain forward in table filter on m: INPUT, FORWARD and OUTPUT
        nearest: FORWARD
    not-met: FORWARD of table filter (IPv6) on m has policy DROP
        FORWARD has policy ACCEPT"
  `);
});

test('iptables of which some are legacy', async () => {
  await real.type('m', 'ip netns exec BLUE iptables-legacy -A INPUT -s 5.5.5.5 -j DROP');
  const says = await real.says(
    { iptables: { node: 'm', netns: 'BLUE', chain: 'INPUT', rule: '-s 5.5.5.5/32 -j DROP' } },
    { iptables: { node: 'm', netns: 'BLUE', chain: 'INPUT', policy: 'ACCEPT' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: INPUT of table filter in BLUE has the rule -s 5.5.5.5/32 -j DROP
        -A INPUT -s 5.5.5.5/32 -j DROP
    met: INPUT of table filter in BLUE has policy ACCEPT
        INPUT has policy ACCEPT"
  `);
});

test('iptables of which some can be shown by nft alone', async () => {
  await real.type(
    'm',
    `ip netns add NFT; ip netns exec NFT nft 'add table ip nat'
     ip netns exec NFT nft 'add chain ip nat POSTROUTING { type nat hook postrouting priority 7; }'`,
  );
  const says = await real.says({
    iptables: { node: 'm', netns: 'NFT', table: 'nat', chain: 'POSTROUTING', rule: '-j ACCEPT' },
  });
  expect(says).toMatchInlineSnapshot(`
    "broken: POSTROUTING of table nat in NFT has the rule -j ACCEPT
        table nat holds chains that only nft can show"
  `);
  await real.type('m', 'ip netns del NFT');
});

test('process', async () => {
  const says = await real.says(
    { process: { ...m, name: 'sleep', count: 2 } },
    { process: { ...m, name: 'sleep', count: 5 } },
    { process: { ...red, name: 'sleep 2000' } },
    { process: { node: 'm', netns: 'BLUE', name: 'sleep' } },
    { process: { node: 'm', netns: 'GREEN', name: 'sleep' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: 2 processes sleep run on m
        2 processes sleep on m
    not-met: 5 processes sleep run on m
        2 processes sleep on m
    met: a process sleep 2000 runs in RED
        1 process sleep 2000 in RED
    not-met: a process sleep runs in BLUE
        no process sleep in BLUE; these run: none
    not-met: a process sleep runs in GREEN
        there is no network namespace GREEN on m"
  `);
});

test('file', async () => {
  const says = await real.says(
    { file: { ...m, path: '/etc/some.conf', matches: '^two$', mode: '640' } },
    { file: { ...m, path: '/etc/some.conf', mode: '0644' } },
    { file: { ...m, path: '/etc/some.conf', matches: 'three' } },
    { file: { ...m, path: '/etc/none.conf' } },
    { file: { ...m, path: '/etc' } },
    { file: { ...m, path: '/etc/slow', matches: '(0+)+x' } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: /etc/some.conf on m is a file with mode 0640 and with text like /^two$/
        /etc/some.conf has mode 0640 and 2 lines
    not-met: /etc/some.conf on m is a file with mode 0644
        /etc/some.conf has mode 0640
    not-met: /etc/some.conf on m is a file with text like /three/
        no text like that in /etc/some.conf, which has 2 lines and begins "one"
    not-met: /etc/none.conf on m is a file
        there is no file /etc/none.conf on m
    not-met: /etc on m is a file
        /etc is not a regular file
    broken: /etc/slow on m is a file with text like /(0+)+x/
        the pattern /(0+)+x/ takes too long on this text"
  `);
});

test('not, with its baseline', async () => {
  const here = { address: { ...m, dev: 'br0', is: '10.0.0.1/24' } };
  const absent = { address: { ...m, dev: 'br1', is: '10.0.0.2/24' } };
  const says = await real.says(
    { not: true, ...absent, baseline: here },
    { not: true, ...here, baseline: here },
    { not: true, ...absent, baseline: absent },
    { not: true, ...absent, baseline: { file: { ...m, path: '/etc/slow', matches: '(0+)+x' } } },
  );
  expect(says).toMatchInlineSnapshot(`
    "met: not: br1 on m has 10.0.0.2/24
        br1 on m has no address
    not-met: not: br0 on m has 10.0.0.1/24
        it is there: br0 on m has 10.0.0.1/24
    not-met: not: br1 on m has 10.0.0.2/24
        cannot tell yet: br1 on m has 10.0.0.2/24 does not hold (br1 on m has no address)
    broken: not: br1 on m has 10.0.0.2/24
        the baseline (/etc/slow on m is a file with text like /(0+)+x/): the pattern /(0+)+x/ takes too long on this text"
  `);
});
