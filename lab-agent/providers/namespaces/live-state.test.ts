import { expect, test } from 'vitest';
import type { OpenPath } from '../../system/lab-files.ts';
import { readLiveState } from './live-state.ts';

test('a picture stays small whatever a lab makes', async () => {
  const address = (i: number) => ({ local: `10.0.${i >> 8}.${i & 255}`, prefixlen: 32, scope: 'global' });
  const links = Array.from({ length: 900 }, (_, i) => ({
    ifindex: i + 1,
    ifname: `v${i}`,
    flags: ['UP'],
    mtu: 1500,
    addr_info: Array.from({ length: 50 }, (_, a) => address(a)),
  }));
  const stdout = `${JSON.stringify(links)}\n---\n[]\n---\n[]\n`;
  const file = { fd: 9, [Symbol.dispose]: () => undefined } as unknown as OpenPath;
  const state = await readLiveState([{ name: 'one', kind: 'machine', networks: {} }], {
    names: () => Array.from({ length: 200 }, (_, i) => `n${i}`),
    look: async () => ({ ok: true, code: 0, stdout, stderr: '' }),
    open: () => file,
  });
  const [own] = state.nodes[0]?.namespaces ?? [];
  expect(own?.interfaces).toHaveLength(100);
  expect(own?.problem).toBe('800 more interfaces are not shown');
  // What the app takes of one message.
  expect(JSON.stringify(state).length).toBeLessThan(8 * 1024 * 1024);
});
