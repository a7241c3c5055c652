import { expect, test } from 'vitest';
import type { AgentClient } from './client.ts';
import { lackingFeatures } from './lacking-features.ts';

let asked = 0;
const agent = (url: string, features: Record<string, boolean> | Error | 'silent') =>
  ({
    address: { url },
    hello: () => {
      asked++;
      if (features === 'silent') return new Promise(() => {});
      return features instanceof Error ? Promise.reject(features) : Promise.resolve({ features });
    },
  }) as unknown as AgentClient;

test('a feature is lacking when no agent that answers has it', async () => {
  const some = [agent('a', { ipip: true }), agent('b', { tun: true }), agent('c', new Error('down'))];
  expect(await lackingFeatures(['ipip', 'tun', 'vxlan'], some)).toEqual(['vxlan']);
});

test('agents are not asked anew for every page, and nothing is claimed of silent ones', async () => {
  const one = [agent('d', { ipip: false })];
  asked = 0;
  expect(await lackingFeatures(['ipip'], one)).toEqual(['ipip']);
  expect(await lackingFeatures(['ipip'], one)).toEqual(['ipip']);
  expect(asked).toBe(1);
  expect(await lackingFeatures(['ipip'], [agent('e', new Error('down'))])).toEqual([]);
  expect(await lackingFeatures(['ipip'], [agent('f', 'silent')])).toEqual([]);
});
