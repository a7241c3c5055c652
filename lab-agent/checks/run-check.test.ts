import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type WireCheck, wireCheck } from '../contract/checks/index.ts';
import { parse } from '../contract/parse.ts';
import { runCheck, runChecks } from './run-check.ts';
import { MemoryLab } from './testing/memory-lab.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const address = (is: string) => ({ kind: 'address', params: { node: 'm', dev: 'eth0', is } });
const check = (id: string, ...expects: object[]): WireCheck =>
  parse(wireCheck, { id, items: expects.map((expect) => ({ expect })) }, 'the test');
const IP_ADDR = 'm: ip -j -d addr show';
/** iproute2 6.15, shortened. */
const ETH0 = `[{"ifindex":2,"ifname":"eth0","flags":["UP"],"mtu":1500,"addr_info":[{"family":"inet","local":"10.0.0.1","prefixlen":24}]}]`;

test('checks of one round share what they read', async () => {
  const lab = new MemoryLab().prints(IP_ADDR, ETH0);
  const results = await runChecks(
    lab,
    [check('a', address('10.0.0.1/24'), address('10.0.0.1/16')), check('b', address('10.0.0.2/24'))],
    'first',
  );
  expect(results.map((r) => [r.id, r.verdict])).toEqual([
    ['a', 'not-met'],
    ['b', 'not-met'],
  ]);
  expect(results[0]?.items.map((i) => i.verdict)).toEqual(['met', 'not-met']);
  expect(lab.looked).toEqual([IP_ADDR]);
});

test.each([
  ['text', 'no JSON at all'],
  ['another shape', '{"ifname": 3}'],
  ['entries of another shape', '[{"ifindex":"2","ifname":null}]'],
])('a tool that prints %s makes a check broken', async (_what, stdout) => {
  const lab = new MemoryLab().prints(IP_ADDR, stdout);
  const { items } = await runCheck(lab, check('a', address('10.0.0.1/24')), 'first');
  expect(items[0]).toMatchObject({ verdict: 'broken', why: expect.stringContaining('printed something unexpected') });
});

test('a look that fails, throws or never ends makes a check broken, and says why', async () => {
  const lab = new MemoryLab();
  expect((await runCheck(lab, check('a', address('10.0.0.1/24')), 'first')).items[0]).toMatchInlineSnapshot(`
    {
      "expected": "eth0 on m has 10.0.0.1/24",
      "verdict": "broken",
      "why": "ip could not be run on m: the lab is frozen",
    }
  `);
  lab.answers.set(IP_ADDR, Promise.reject(new Error('EIO: a surprise\nwith a stack')));
  expect((await runCheck(lab, check('a', address('10.0.0.1/24')), 'first')).items[0]).toMatchInlineSnapshot(`
    {
      "expected": "address: node m, dev eth0, is 10.0.0.1/24",
      "verdict": "broken",
      "why": "EIO: a surprise",
    }
  `);
  lab.answers.set(IP_ADDR, new Promise(() => undefined));
  const hanging = runCheck(lab, check('a', address('10.0.0.1/24')), 'first');
  await vi.advanceTimersByTimeAsync(15_000);
  expect((await hanging).items[0]).toMatchInlineSnapshot(`
    {
      "expected": "address: node m, dev eth0, is 10.0.0.1/24",
      "verdict": "broken",
      "why": "the lab did not answer in time",
    }
  `);
});

test('a capture whose tcpdump never listens is broken, and its tcpdump is ended', async () => {
  const lab = new MemoryLab();
  const result = runCheck(lab, check('a', { kind: 'capture', params: { node: 'm', dev: 'eth0' } }), 'first');
  await vi.advanceTimersByTimeAsync(5000);
  expect((await result).items[0]).toMatchInlineSnapshot(`
    {
      "expected": "1 packet on eth0 on m",
      "verdict": "broken",
      "why": "tcpdump did not listen within 4 s",
    }
  `);
  expect(lab.live).toEqual([]);
});

test('what a lab prints is cut and loses its control characters', async () => {
  const name = `\u001b[31m${'x'.repeat(5000)}`;
  const lab = new MemoryLab().prints(IP_ADDR, JSON.stringify([{ ifindex: 2, ifname: name }]));
  const { items } = await runCheck(lab, check('a', address('10.0.0.1/24')), 'first');
  const observed = items[0]?.verdict === 'not-met' ? items[0].observed : '';
  expect(observed).toMatch(/^there is no interface eth0 on m: {1,2}\[31mx+…$/);
  expect(observed.length).toBe(600);
});
