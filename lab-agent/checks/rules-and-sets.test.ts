import { expect, test } from 'vitest';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';
import { says } from './testing/verdict-lines.ts';
import { fitsWildcard } from './wildcard.ts';

const NAT = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-AAAA - [0:0]
:KUBE-SVC-BBBB - [0:0]
:KUBE-SEP-1111 - [0:0]
:KUBE-SEP-2222 - [0:0]
:KUBE-SEP-3333 - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "default/web:http cluster IP" -j KUBE-SVC-AAAA
-A KUBE-SVC-AAAA -m comment --comment "default/web:http -> 172.16.1.2:80" -m statistic --mode random --probability 0.5 -j KUBE-SEP-1111
-A KUBE-SVC-AAAA -m comment --comment "default/web:http -> 172.16.2.3:80" -j KUBE-SEP-2222
-A KUBE-SVC-BBBB -m comment --comment default/other -g KUBE-SEP-3333
-A KUBE-SEP-1111 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.1.2:80
-A KUBE-SEP-2222 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.2.3:80
-A KUBE-SEP-3333 -p tcp -m comment --comment default/other -j DNAT --to-destination 172.16.9.9:80
COMMIT
`;
const SETS = `create cali40masq-ipam-pools hash:net family inet hashsize 1024 maxelem 1048576 bucketsize 12 initval 0x0c4b3aca
add cali40masq-ipam-pools 172.16.0.0/16
create cali40s:abc hash:ip,port family inet hashsize 1024 maxelem 65536
add cali40s:abc 172.16.1.2,tcp:80 timeout 30
create cali40this-host hash:ip family inet
`;

function lab(): MemoryLab {
  const memory = new MemoryLab().prints('m: iptables-nft-save', NAT).prints('m: ipset save', SETS);
  memory.cluster = new MemoryCluster().runs('default', 'web', '172.16.1.2');
  return memory;
}

test('chain', async () => {
  const chain = (more: object) => ({ chain: { node: 'm', table: 'nat', ...more } });
  expect(
    await says(
      lab(),
      chain({ chain: 'KUBE-SVC-*', comment: '^default/web:http', count: 2 }),
      chain({ chain: 'KUBE-SEP-*', matches: 'DNAT --to-destination 172\\.16\\.1\\.2:80' }),
      chain({ chain: 'KUBE-SEP-*', start: 'KUBE-SERVICES', matches: '-j DNAT', count: 2 }),
      chain({ chain: 'KUBE-SEP-*', start: 'KUBE-SVC-BBBB', comment: '^default/other$' }),
      chain({ chain: 'KUBE-SEP-*', matches: '-j DNAT', count: 2 }),
      chain({ chain: 'KUBE-SEP-*', start: 'KUBE-SERVICES', comment: 'other' }),
      chain({ chain: 'KUBE-SERVICES', start: 'KUBE-SVC-AAAA', comment: 'web' }),
      chain({ chain: 'KUBE-SEP-*', start: 'KUBE-NODEPORTS', comment: 'web' }),
      chain({ chain: 'KUBE-MARK*', matches: 'MARK' }),
      chain({ chain: '*', matches: '^(.+)+y$' }),
    ),
  ).toMatchInlineSnapshot(`
    "met: 2 rules with a comment like /^default/web:http/ are in KUBE-SVC-* of table nat on m
        -A KUBE-SVC-AAAA -m comment --comment "default/web:http -> 172.16.1.2:80" -m statistic --mode random --probability 0.5 -j KUBE-SEP-1111 and -A KUBE-SVC-AAAA -m comment --comment "default/web:http -> 172.16.2.3:80" -j KUBE-SEP-2222
    met: a rule like /DNAT --to-destination 172\\.16\\.1\\.2:80/ is in KUBE-SEP-* of table nat on m
        -A KUBE-SEP-1111 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.1.2:80
    met: 2 rules like /-j DNAT/ are in KUBE-SEP-*, reached from KUBE-SERVICES, of table nat on m
        -A KUBE-SEP-1111 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.1.2:80 and -A KUBE-SEP-2222 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.2.3:80
    met: a rule with a comment like /^default/other$/ is in KUBE-SEP-*, reached from KUBE-SVC-BBBB, of table nat on m
        -A KUBE-SEP-3333 -p tcp -m comment --comment default/other -j DNAT --to-destination 172.16.9.9:80
    not-met: 2 rules like /-j DNAT/ are in KUBE-SEP-* of table nat on m
        of 3 rules in 3 chains 3 fit: -A KUBE-SEP-1111 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.1.2:80, -A KUBE-SEP-2222 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.2.3:80 and -A KUBE-SEP-3333 -p tcp -m comment --comment default/other -j DNAT --to-destination 172.16.9.9:80
    not-met: a rule with a comment like /other/ is in KUBE-SEP-*, reached from KUBE-SERVICES, of table nat on m
        of 2 rules in 2 chains none fits
        nearest: -A KUBE-SEP-1111 -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 172.16.1.2:80
    not-met: a rule with a comment like /web/ is in KUBE-SERVICES, reached from KUBE-SVC-AAAA, of table nat on m
        no rule of KUBE-SVC-AAAA leads to a chain KUBE-SERVICES
    not-met: a rule with a comment like /web/ is in KUBE-SEP-*, reached from KUBE-NODEPORTS, of table nat on m
        there is no chain KUBE-NODEPORTS in table nat on m: PREROUTING, KUBE-SERVICES, KUBE-SVC-AAAA, KUBE-SVC-BBBB, KUBE-SEP-1111, KUBE-SEP-2222 and 4 more
    not-met: a rule like /MARK/ is in KUBE-MARK* of table nat on m
        there is no chain KUBE-MARK* in table nat on m: PREROUTING, KUBE-SERVICES, KUBE-SVC-AAAA, KUBE-SVC-BBBB, KUBE-SEP-1111, KUBE-SEP-2222 and 4 more
    broken: a rule like /^(.+)+y$/ is in * of table nat on m
        the pattern /^(.+)+y$/ takes too long on this text"
  `);
});

test('ipset', async () => {
  const ipset = (more: object) => ({ ipset: { node: 'm', ...more } });
  expect(
    await says(
      lab(),
      ipset({ name: 'cali40masq-ipam-pools', type: 'hash:net', entry: '172.16.0.0/16', count: 1 }),
      ipset({ name: 'cali40*', entry: '172.16.1.2,tcp:80' }),
      ipset({ name: 'cali40masq-ipam-pools', entry: '10.0.0.0/8' }),
      ipset({ name: 'cali40this-host', entry: 'pod/web' }),
      ipset({ name: 'cali40this-host', type: 'hash:net' }),
      ipset({ name: 'cali40s:*', count: 2 }),
      ipset({ name: 'cali40this-host', entry: '172.16.1.2,tcp:80' }),
      ipset({ name: 'cali4-*' }),
      ipset({ name: 'cali40this-host', entry: 'pod/gone' }),
    ),
  ).toMatchInlineSnapshot(`
    "met: the set cali40masq-ipam-pools on m is of type hash:net, holds 172.16.0.0/16 and has 1 entry
        cali40masq-ipam-pools (hash:net) has 1 entry: 172.16.0.0/16
    met: the set cali40* on m holds 172.16.1.2,tcp:80
        cali40s:abc (hash:ip,port) has 1 entry: 172.16.1.2,tcp:80
    not-met: the set cali40masq-ipam-pools on m holds 10.0.0.0/8
        cali40masq-ipam-pools has 1 entry: 172.16.0.0/16
    not-met: the set cali40this-host on m holds pod/web (172.16.1.2)
        cali40this-host has no entries
    not-met: the set cali40this-host on m is of type hash:net
        cali40this-host is of type hash:ip
    not-met: the set cali40s:* on m has 2 entries
        cali40s:abc has 1 entry: 172.16.1.2,tcp:80
    not-met: the set cali40this-host on m holds 172.16.1.2,tcp:80
        cali40this-host has no entries
        nearest: 172.16.1.2,tcp:80 in cali40s:abc
    not-met: the set cali4-* on m exists
        there is no set cali4-* on m: cali40masq-ipam-pools, cali40s:abc and cali40this-host
    not-met: the set cali40this-host on m holds pod/gone
        there is no pod gone in the namespace default, and no other"
  `);
});

test.each([
  ['a', 'a', true],
  ['a', 'ab', false],
  ['a*', 'abc', true],
  ['*c', 'abc', true],
  ['a*c', 'abc', true],
  ['ab*bc', 'abc', false],
  ['a*b*c', 'axbxc', true],
  ['a*bb*c', 'axbxc', false],
  ['*', '', true],
  ['a.c', 'abc', false],
])('%s and %s', (wanted, name, fits) => {
  expect(fitsWildcard(wanted, name)).toBe(fits);
});
