import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type WireCheck, wireCheck } from '../contract/checks/index.ts';
import { parse } from '../contract/parse.ts';
import type { CheckResult } from '../contract/verdict.ts';
import type { Looked } from '../providers/provider.ts';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';
import { watchChecks } from './watch.ts';

// The agent's own immediates and microtasks stay real.
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => vi.useRealTimers());

const ADDRESS = { kind: 'address', params: { node: 'm', dev: 'eth0', is: '10.0.0.1/24' } };
const PING = { kind: 'ping', params: { node: 'm', to: '10.0.0.2' } };
const SYSCTL = { kind: 'sysctl', params: { node: 'm', key: 'net.ipv4.ip_forward', is: 1 } };
const check = (id: string, ...expects: object[]): WireCheck =>
  parse(wireCheck, { id, items: expects.map((expect) => ({ expect })) }, 'the test');

const eth0 = (...addresses: string[]) =>
  JSON.stringify([
    { ifindex: 2, ifname: 'eth0', flags: ['UP'], addr_info: addresses.map((local) => ({ local, prefixlen: 24 })) },
  ]);

async function watching(lab: MemoryLab, ...checks: WireCheck[]) {
  const told: CheckResult[] = [];
  const watch = watchChecks(lab, checks, { onResults: (results) => told.push(...results) });
  await pass(1000);
  const first = told.splice(0);
  lab.looked.length = 0;
  return { told, first, watch };
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

test('an event looks at state alone, the prompt at everything, and only changes are told', async () => {
  const lab = new MemoryLab().prints('m: ip -j -d addr show', eth0());
  const { told, first, watch } = await watching(lab, check('both', ADDRESS, PING), check('sysctl', SYSCTL));
  expect(first.map((r) => [r.id, r.cause]).sort()).toEqual([
    ['both', 'first'],
    ['sysctl', 'first'],
  ]);
  const say = (text: string) => lab.live[0]?.data(Buffer.from(text));

  say('[ROUTE]10.9.0.0/16 dev eth0\n');
  await pass(500);
  expect(lab.looked.splice(0)).toEqual(['m: ip -j -d addr show']);
  expect(told).toEqual([]);

  lab.prints('m: ip -j -d addr show', eth0('10.0.0.1'));
  say('[ADDR]2: eth0 inet 10.0.0.1/24\n');
  await pass(500);
  expect(lab.looked.splice(0)).toEqual(['m: ip -j -d addr show']);
  expect(told.splice(0).map((r) => [r.id, r.cause, r.items.map((i) => i.verdict)])).toEqual([
    ['both', 'kernel', ['met', 'broken']],
  ]);

  say('[NEIGH]10.0.0.2 dev eth0 REACHABLE\n');
  await pass(500);
  expect(lab.looked).toEqual([]);

  watch.promptReturned('m');
  await pass(500);
  expect(lab.looked.splice(0).map((l) => l.split(' ')[1])).toEqual(expect.arrayContaining(['ip', 'cat', 'ping']));
  expect(told).toEqual([]);
  watch[Symbol.dispose]();
});

test('storms of events and of prompts lead to a few rounds a second, the last one after the last of them', async () => {
  const lab = new MemoryLab().prints('m: ip -j -d addr show', eth0());
  const { watch } = await watching(lab, check('a', ADDRESS), check('s', SYSCTL));
  for (let ms = 0; ms < 2000; ms += 5) {
    lab.live[0]?.data(Buffer.from('[LINK]2: eth0\n'));
    watch.promptReturned('m');
    await pass(5);
  }
  const rounds = (tool: string) => lab.looked.filter((l) => l.startsWith(`m: ${tool}`)).length;
  expect(rounds('cat')).toBeLessThanOrEqual(5);
  expect(rounds('ip')).toBeLessThanOrEqual(14);
  const before = lab.looked.length;
  await pass(1000);
  expect(lab.looked.length).toBeGreaterThan(before);
  lab.looked.length = 0;
  await pass(60_000);
  expect(lab.looked).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  watch[Symbol.dispose]();
  expect(lab.live).toEqual([]);
});

test('other checks take the place of those watched, and a pressed button tells all', async () => {
  const lab = new MemoryLab().prints('m: ip -j -d addr show', eth0());
  const { told, watch } = await watching(lab, check('a', ADDRESS));
  expect(lab.live.length).toBe(1);
  watch.setChecks([check('s', SYSCTL)]);
  await pass(100);
  expect(told.splice(0).map((r) => [r.id, r.cause])).toEqual([['s', 'first']]);
  expect(lab.live).toEqual([]);
  const results = await watch.run([check('a', ADDRESS), check('s', SYSCTL)], 'button');
  await pass(1);
  expect(results.map((r) => r.id)).toEqual(['a', 's']);
  expect(told.map((r) => [r.id, r.cause]).sort()).toEqual([
    ['a', 'button'],
    ['s', 'button'],
  ]);
  watch[Symbol.dispose]();
});

test('a ping that waits for its answer holds up no state check, and its late verdict replaces none that is newer', async () => {
  const lab = new MemoryLab().prints('m: ip -j -d addr show', eth0());
  const { told, watch } = await watching(lab, check('state', ADDRESS), check('both', ADDRESS, PING));
  lab.answers.set('m: ping -n -c 1 -i 0.2 -W 1 -- 10.0.0.2', new Promise(() => undefined));
  watch.promptReturned('m');
  await pass(1000);
  lab.prints('m: ip -j -d addr show', eth0('10.0.0.1'));
  lab.live[0]?.data(Buffer.from('[ADDR]2: eth0 inet 10.0.0.1/24\n'));
  await pass(300);
  expect(told.splice(0).map((r) => [r.id, r.cause, r.items.map((i) => i.verdict)])).toEqual([
    ['state', 'kernel', ['met']],
    ['both', 'kernel', ['met', 'broken']],
  ]);
  await pass(20_000);
  expect(told.map((r) => [r.id, r.cause, r.items.map((i) => i.verdict)])).toEqual([
    ['both', 'prompt', ['met', 'broken']],
  ]);
  watch[Symbol.dispose]();
});

test('a state that takes long to read is read less often', async () => {
  const lab = new MemoryLab();
  const slow = () => new Promise<Looked>((seen) => setTimeout(() => seen(lab.other), 1000));
  const { watch } = await watching(lab, check('state', ADDRESS));
  for (let ms = 0; ms < 20_000; ms += 100) {
    lab.answers.set('m: ip -j -d addr show', slow());
    lab.live[0]?.data(Buffer.from('[ADDR]2: eth0 inet 10.0.0.1/24\n'));
    await pass(100);
  }
  expect(lab.looked.length).toBeGreaterThan(3);
  expect(lab.looked.length).toBeLessThanOrEqual(6);
  watch[Symbol.dispose]();
});

test('a capture whose namespace has just gone is broken, and throws nothing later', async () => {
  const lab = new MemoryLab();
  lab.names = ['RED'];
  lab.follow = () => {
    throw new Error('ENOENT: RED');
  };
  const capture = { kind: 'capture', params: { node: 'm', netns: 'RED', dev: 'eth0' } };
  const { first, watch } = await watching(lab, check('c', capture));
  expect(first[0]?.items).toMatchObject([{ verdict: 'broken', why: 'ENOENT: RED' }]);
  // An error in a microtask would end the agent: vitest reports it.
  await pass(10_000);
  watch[Symbol.dispose]();
});

test('an object turns when the API tells of it, and of no other', async () => {
  const lab = new MemoryLab();
  const cluster = new MemoryCluster();
  lab.cluster = cluster;
  const path = '/api/v1/namespaces/default/pods/pod1';
  const object = { kind: 'object', params: { resource: 'pods', name: 'pod1', where: { 'status.phase': 'Running' } } };
  const { told, watch } = await watching(lab, check('o', object));
  expect(cluster.watched).toEqual(['/api/v1/pods']);
  cluster.asked.length = 0;
  cluster.tells('/api/v1/pods', 'MODIFIED', { metadata: { namespace: 'default', name: 'pod2' } });
  await pass(500);
  expect(cluster.asked).toEqual([]);
  cluster.has(path, { metadata: { name: 'pod1' }, status: { phase: 'Running' } });
  cluster.tells('/api/v1/pods', 'MODIFIED', { metadata: { namespace: 'default', name: 'pod1' } });
  await pass(100);
  expect(told.map((r) => [r.id, r.verdict, r.cause])).toEqual([['o', 'met', 'kernel']]);
  await pass(10_000);
  expect(cluster.asked).toEqual([path]);
  watch[Symbol.dispose]();
  expect(cluster.watched).toEqual([]);
});

test('what names a pod is looked at when the pod appears, and some times more while nodes lag behind', async () => {
  const lab = new MemoryLab();
  lab.cluster = new MemoryCluster();
  const ping = { kind: 'ping', params: { node: 'm', to: 'pod/pod2' } };
  const { told, watch } = await watching(lab, check('p', ping));
  lab.cluster.runs('default', 'pod2', '172.16.2.3');
  lab.answers.set('m: ping -n -c 1 -i 0.2 -W 1 -- 172.16.2.3', { ok: true, code: 1, stdout: '', stderr: '' });
  lab.cluster.tells('/api/v1/pods', 'MODIFIED', { metadata: { namespace: 'default', name: 'pod2' } });
  await pass(700);
  expect(told.splice(0).map((r) => r.verdict)).toEqual(['not-met']);
  lab.prints('m: ping -n -c 1 -i 0.2 -W 1 -- 172.16.2.3', '64 bytes from 172.16.2.3: icmp_seq=1 ttl=62 time=0.2 ms\n');
  await pass(1500);
  expect(told.splice(0).map((r) => r.verdict)).toEqual(['met']);
  lab.looked.length = 0;
  await pass(60_000);
  expect(lab.looked).toEqual([]);
  // A second event without consequences is looked at a few times, and then no more.
  lab.cluster.tells('/api/v1/pods', 'MODIFIED', { metadata: { namespace: 'default', name: 'pod2' } });
  await pass(60_000);
  expect(lab.looked.length).toBe(4);
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  watch[Symbol.dispose]();
});
