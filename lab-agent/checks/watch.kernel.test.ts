import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toWire, type WireCheck, wireCheck } from '../contract/checks/index.ts';
import type { LiveState } from '../contract/lab.ts';
import { parse } from '../contract/parse.ts';
import type { CheckResult } from '../contract/verdict.ts';
import { type RealLab, realLab } from './testing/real-lab.ts';
import { item } from './testing/verdict-lines.ts';
import { watchChecks } from './watch.ts';
import { watchState } from './watch-state.ts';

let real: RealLab;
const m = { node: 'm' };
const red = { node: 'm', netns: 'RED' };

beforeAll(async () => {
  real = await realLab({ nodes: { m: {} } });
}, 30_000);
afterAll(() => real?.[Symbol.asyncDispose]());

const check = (id: string, ...written: Record<string, unknown>[]): WireCheck =>
  parse(wireCheck, { id, items: written.map((one) => toWire(item(one))) }, 'the test');

/** Watches checks and keeps what was told. */
function watching(...checks: WireCheck[]) {
  const told: CheckResult[] = [];
  const watch = watchChecks(real.lab, checks, { onResults: (results) => told.push(...results) });
  const last = (id: string) => told.findLast((r) => r.id === id);
  const becomes = (id: string, verdict: string) =>
    vi.waitFor(() => expect(last(id)?.verdict).toBe(verdict), { timeout: 5000, interval: 5 });
  return { told, watch, last, becomes, [Symbol.dispose]: () => watch[Symbol.dispose]() };
}

test('each kind that follows the kernel turns by the kernel alone', { timeout: 30_000 }, async () => {
  using w = watching(
    check('ns', { namespace: { node: 'm', name: 'RED' } }),
    check('link', { link: { ...red, dev: 'veth1', is: 'up' } }),
    check('address', { address: { ...red, dev: 'veth1', is: '11.11.11.2/24' } }),
    check('route', { route: { ...red, to: 'default', via: '11.11.11.1' } }),
    check('neighbour', { neighbour: { ...red, to: '11.11.11.1' } }),
    check('port', { 'bridge-port': { ...m, bridge: 'br0', port: 'p1' } }),
    check('rule', { iptables: { ...m, table: 'nat', chain: 'POSTROUTING', rule: '-s 11.11.11.0/24 -j MASQUERADE' } }),
    check('rule-red', { iptables: { ...red, chain: 'INPUT', policy: 'DROP' } }),
  );
  await vi.waitFor(() => expect(w.told.length).toBe(8));
  expect(w.told.every((r) => r.verdict === 'not-met' && r.cause === 'first')).toBe(true);
  const steps: [string, string][] = [
    ['ns', 'ip netns add RED'],
    [
      'port',
      'ip link add br0 type bridge; ip link add p1 type veth peer name veth1 netns RED; ip link set p1 master br0',
    ],
    ['link', 'ip -n RED link set veth1 up; ip link set p1 up; ip link set br0 up'],
    ['address', 'ip -n RED addr add 11.11.11.2/24 dev veth1'],
    ['route', 'ip -n RED route add default via 11.11.11.1'],
    ['neighbour', 'ip addr add 11.11.11.1/24 dev br0; ip netns exec RED ping -c1 11.11.11.1'],
    ['rule', 'iptables -t nat -A POSTROUTING -s 11.11.11.0/24 -j MASQUERADE'],
    ['rule-red', 'ip netns exec RED iptables -P INPUT DROP'],
  ];
  for (const [id, script] of steps) {
    await real.type('m', script);
    await w.becomes(id, 'met');
    expect(w.last(id)?.cause).toBe('kernel');
  }
  await real.type('m', 'ip netns exec RED iptables -P INPUT ACCEPT');
  await w.becomes('rule-red', 'not-met');
  // No monitor of ours keeps the namespace: its cable goes with it, and a new one of the same name is looked at.
  await real.type('m', 'ip netns del RED');
  await w.becomes('port', 'not-met');
  await w.becomes('ns', 'not-met');
  await real.type('m', 'ip netns add RED; ip -n RED link add veth1 type bridge; ip -n RED link set veth1 up');
  await w.becomes('link', 'met');
  await real.type('m', 'ip netns del RED; ip netns add RED');
  await w.becomes('link', 'not-met');
  await real.type('m', 'ip -n RED link add veth1 type bridge; ip -n RED link set veth1 up');
  await w.becomes('link', 'met');
  await real.type('m', 'ip netns del RED; ip link del br0');
});

test('other kinds turn when the prompt is back, and only changes are told', { timeout: 20_000 }, async () => {
  using w = watching(
    check('sysctl', { sysctl: { ...m, key: 'net.ipv4.ip_forward', is: 1 } }),
    check('mixed', { ping: { ...m, to: '127.0.0.1' } }, { file: { ...m, path: '/made' } }),
  );
  await w.becomes('mixed', 'not-met');
  await w.becomes('sysctl', 'not-met');
  const before = w.told.length;
  await real.type('m', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  for (let i = 0; i < 20; i++) w.watch.promptReturned('m');
  await w.becomes('sysctl', 'met');
  expect(w.told.slice(before).map((r) => [r.id, r.cause])).toEqual([['sysctl', 'prompt']]);
  await real.type('m', 'touch /made');
  const [result] = await w.watch.run([check('mixed', { file: { ...m, path: '/made' } })], 'button');
  expect(result).toMatchObject({ verdict: 'met', cause: 'button' });
});

test('a storm of link changes is looked at a few times a second', { timeout: 20_000 }, async () => {
  using w = watching(check('link', { link: { ...m, dev: 'storm', is: 'up' } }));
  await w.becomes('link', 'not-met');
  const look = vi.spyOn(real.lab, 'look');
  const started = performance.now();
  await real.type(
    'm',
    'ip link add storm type bridge; for i in $(seq 300); do ip link set storm up; ip link set storm down; done; ip link set storm up',
  );
  await w.becomes('link', 'met');
  const seconds = (performance.now() - started) / 1000;
  expect(look.mock.calls.length).toBeLessThan(seconds * 4 + 4);
  look.mockRestore();
  await real.type('m', 'ip link del storm');
});

test('the picture follows namespaces, links and addresses, and an idle lab costs nothing', {
  timeout: 20_000,
}, async () => {
  const states: LiveState[] = [];
  const liveState = vi.spyOn(real.lab, 'liveState');
  const watch = watchState(real.lab, (state) => states.push(state));
  const sees = (text: string) =>
    vi.waitFor(() => expect(JSON.stringify(states.at(-1))).toContain(text), { timeout: 5000, interval: 5 });
  await sees('"lo"');
  await real.type('m', 'ip netns add GREEN');
  await sees('GREEN');
  await real.type('m', 'ip -n GREEN link set lo up; ip -n GREEN addr add 9.9.9.9/32 dev lo');
  await sees('9.9.9.9/32');
  // What is still to come of these changes comes within the monitors' catching up.
  await new Promise((resolve) => setTimeout(resolve, 700));
  const calls = liveState.mock.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(liveState.mock.calls.length).toBe(calls);
  watch[Symbol.dispose]();
  const told = states.length;
  await real.type('m', 'ip netns del GREEN');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(states.length).toBe(told);
  liveState.mockRestore();
});
