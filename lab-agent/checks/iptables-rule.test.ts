import { expect, test } from 'vitest';
import { normaliseRule, shared } from './iptables-rule.ts';

const same = (written: string, printed: string, family: 'ipv4' | 'ipv6' = 'ipv4') =>
  shared(normaliseRule(written, family), normaliseRule(printed, family)) === 1;

test.each([
  ['-j MASQUERADE -s 11.11.11.0/24', '-s 11.11.11.0/24 -j MASQUERADE'],
  ['--source 11.11.11.7/24 --jump MASQUERADE', '-s 11.11.11.0/24 -j MASQUERADE'],
  ['-s 10.0.0.0/255.0.0.0 -j ACCEPT', '-s 10.0.0.0/8 -j ACCEPT'],
  ['-s 1.2.3.4 -j DROP', '-s 1.2.3.4/32 -j DROP'],
  ['-s 0.0.0.0/0 -p all -j DROP', '-j DROP'],
  ['-s ! 1.2.3.4 -j DROP', '! -s 1.2.3.4/32 -j DROP'],
  ['-p TCP --destination-port=80 -j ACCEPT', '-p tcp -m tcp --dport 80 -j ACCEPT'],
  ['-p icmp --icmp-type echo-request -j ACCEPT', '-p icmp -m icmp --icmp-type 8 -j ACCEPT'],
  ['-p ipip -j RETURN', '-p 4 -j RETURN'],
  ['-p tcp --syn -j DROP', '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'],
  ['-j MARK --set-mark 16', '-j MARK --set-xmark 0x10/0xffffffff'],
  ['-m mark --mark 0x10 -j DROP', '-m mark --mark 16 -j DROP'],
  ['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', '-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'],
  ["-m comment --comment 'a b' -j ACCEPT", '-m comment --comment "a b" -j ACCEPT'],
  ['-p tcp -j REJECT', '-p tcp -j REJECT --reject-with icmp-port-unreachable'],
  ['-p tcp --dport 80 -j DNAT --to 1.1.1.1:8080', '-p tcp -m tcp --dport 80 -j DNAT --to-destination 1.1.1.1:8080'],
])('%s is the same as %s', (written, printed) => {
  expect(same(written, printed)).toBe(true);
});

test.each([
  ['-s 11.11.11.0/24 -j MASQUERADE', '-s 11.11.11.0/24 -o eth0 -j MASQUERADE'],
  ['-s 11.11.11.0/24 -j MASQUERADE', '! -s 11.11.11.0/24 -j MASQUERADE'],
  ['-s 11.11.11.0/24 -j ACCEPT', '-d 11.11.11.0/24 -j ACCEPT'],
  ['-p tcp -j REJECT', '-p tcp -j REJECT --reject-with tcp-reset'],
  ['-m mark --mark 1/1 -j DROP', '-m mark --mark 1 -j DROP'],
])('%s is another than %s', (written, printed) => {
  expect(same(written, printed)).toBe(false);
});

test('the words of IPv6', () => {
  expect(
    same(
      '-s FD00::1 -p icmpv6 -j REJECT',
      '-s fd00::1/128 -p ipv6-icmp -j REJECT --reject-with icmp6-port-unreachable',
      'ipv6',
    ),
  ).toBe(true);
});
