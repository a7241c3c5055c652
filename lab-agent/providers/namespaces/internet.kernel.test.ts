import { expect, test } from 'vitest';
import type { TopologyInput } from '../../contract/topology.ts';
import { sh, testLabs } from '../testing/test-labs.ts';

const world: Omit<TopologyInput, 'title'> = {
  networks: { nat: null },
  nodes: {
    m: {
      interfaces: { eth0: { network: 'nat', address: '10.0.2.15/24' } },
      routes: [{ to: 'default', via: '10.0.2.2' }],
    },
    internet: { kind: 'internet', interfaces: { eth0: { network: 'nat', address: '10.0.2.2/24' } } },
  },
};

test('the internet answers at public addresses, says of others that they are unreachable, and nothing to private senders', async () => {
  await using labs = testLabs();
  const lab = await labs.build(world);
  await expect.poll(() => sh(lab, 'm', 'curl -s http://198.51.100.7'), { timeout: 20_000 }).toContain('internet node');
  expect(await sh(lab, 'm', 'ping -c 1 -W 5 8.8.8.8')).toContain('1 received');

  // An answer, and not silence: whoever connects hears of it at once.
  expect(await sh(lab, 'm', 'ping -c 1 -W 5 10.96.0.7')).toContain(
    'From 10.0.2.2 icmp_seq=1 Destination Host Unreachable',
  );
  expect(await sh(lab, 'm', 'curl -sS -m 10 http://10.96.0.7')).toContain('(7)');

  await sh(lab, 'm', 'ip address add 172.16.5.1/32 dev lo');
  expect(await sh(lab, 'm', 'ping -c 1 -W 1 -I 172.16.5.1 8.8.8.8')).toContain('0 received');
});
