import { expect, test } from 'vitest';
import { canonicalNetwork, covers, sameAddress } from './addresses.ts';

test.each([
  ['11.11.11.2/24', '11.11.11.0/24'],
  ['11.11.11.2/32', '11.11.11.2'],
  ['10.255.255.255/9', '10.128.0.0/9'],
  ['1.2.3.4/0', '0.0.0.0/0'],
  ['FD00:0::1/64', 'fd00::/64'],
  ['fd00::1', 'fd00::1'],
  ['default', 'default'],
  ['10.0.0.0/99', '10.0.0.0/99'],
])('the network of %s is %s', (written, network) => {
  expect(canonicalNetwork(written)).toBe(network);
});

test('a network covers its parts, of its own family', () => {
  expect(covers('10.0.0.0/8', '10.1.0.0/16')).toBe(true);
  expect(covers('10.1.0.0/16', '10.0.0.0/8')).toBe(false);
  expect(covers('10.0.0.0/8', '10.1.2.3')).toBe(true);
  expect(covers('::/0', '10.1.2.3')).toBe(false);
  expect(covers('nonsense', '10.1.2.3')).toBe(false);
  expect(sameAddress('fd00::1', 'FD00:0:0::1')).toBe(true);
});
