import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { kernelEventsOf, PODS } from './kernel-events.ts';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function listening(lab: MemoryLab) {
  const heard: string[] = [];
  const subscription = kernelEventsOf(lab).subscribe((event) => {
    const words = event.change === 'api' ? [event.path, event.name] : [event.node, event.netns, ...event.pods];
    heard.push([...words, event.change].filter(Boolean).join(' '));
  });
  return { heard, subscription };
}
const places = (lab: MemoryLab) => lab.live.map((f) => `${f.place.netns ?? f.place.node} ${f.argv[0]}`);

test('subscribers share monitors, and the last one ends them', async () => {
  const lab = new MemoryLab();
  const [a, b] = [listening(lab), listening(lab)];
  a.subscription.want([{ node: 'm', by: 'ip' }]);
  b.subscription.want([
    { node: 'm', by: 'ip' },
    { node: 'm', by: 'nft' },
  ]);
  expect(places(lab)).toEqual(['m ip', 'm nft']);
  b.subscription[Symbol.dispose]();
  expect(places(lab)).toEqual(['m ip']);
  a.subscription[Symbol.dispose]();
  expect(places(lab)).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('the labels of ip monitor tell links from neighbours', async () => {
  const lab = new MemoryLab();
  const { heard, subscription } = listening(lab);
  subscription.want([{ node: 'm', by: 'ip' }]);
  await vi.advanceTimersByTimeAsync(200);
  expect(heard.splice(0)).toEqual(['m links', 'm neighbours']); // the catching up after its start
  const [monitor] = lab.live;
  monitor?.data(Buffer.from('[NEIGH]10.0.0.2 dev br0 lladdr 02:00:00:00:00:02 REACHABLE \n'));
  expect(heard.splice(0)).toEqual(['m neighbours']);
  monitor?.data(Buffer.from('[ADDR]2: br0    inet 10.0.0.5/24 scope global\n       valid_lft forever\n[ROU'));
  monitor?.data(Buffer.from('TE]Deleted local 10.0.0.5 dev br0\n'));
  expect(heard.splice(0)).toEqual(['m links', 'm links']);
  monitor?.error?.('netlink receive error No buffer space available (105)\n');
  expect(heard.splice(0)).toEqual(['m links', 'm neighbours']);
  subscription[Symbol.dispose]();
});

test('a monitor that dies is started again, ever more slowly', async () => {
  const lab = new MemoryLab();
  const { subscription } = listening(lab);
  subscription.want([{ node: 'm', by: 'ip' }]);
  const starts: number[] = [];
  for (let ms = 0; ms < 20_000; ms += 100) {
    const monitor = lab.following.at(-1);
    if (lab.following.length > starts.length) {
      starts.push(ms);
      monitor?.end?.('ended with status 1');
    }
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(starts.length).toBeGreaterThan(5);
  expect(starts.length).toBeLessThan(10);
  subscription[Symbol.dispose]();
});

test('monitors in named namespaces begin and end with them, and begin anew when a name may be another namespace', async () => {
  const lab = new MemoryLab();
  const { heard, subscription } = listening(lab);
  subscription.want([{ node: 'm', netns: 'RED', by: 'ip' }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(places(lab)).toEqual([]);
  lab.setNames('BLUE', 'RED');
  await vi.advanceTimersByTimeAsync(100);
  expect(places(lab)).toEqual(['RED ip']);
  const before = lab.live[0];
  lab.setNames('RED');
  await vi.advanceTimersByTimeAsync(100);
  expect(lab.live[0]).not.toBe(before);
  expect(before?.disposed).toBe(true);
  lab.setNames();
  await vi.advanceTimersByTimeAsync(100);
  expect(places(lab)).toEqual([]);
  expect(heard.filter((h) => h === 'm namespaces').length).toBe(4);
  // The mount of a namespace on its file makes no event.
  lab.setNames();
  await vi.advanceTimersByTimeAsync(30);
  lab.names = ['RED'];
  await vi.advanceTimersByTimeAsync(100);
  expect(places(lab)).toEqual(['RED ip']);
  subscription[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
});

test('a lab with many names has few listeners for its picture, and they are begun anew ever less often', async () => {
  const lab = new MemoryLab();
  lab.names = Array.from({ length: 200 }, (_, i) => `n${i}`);
  const { subscription } = listening(lab);
  subscription.want([{ node: 'm', by: 'everything' }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(lab.live.length).toBe(25);
  lab.following.length = 0;
  for (let ms = 0; ms < 8000; ms += 10) {
    lab.setNames(...lab.names);
    await vi.advanceTimersByTimeAsync(10);
  }
  // At 50 ms it would be 160 times.
  expect(lab.following.length).toBeLessThanOrEqual(3 * 25);
  subscription[Symbol.dispose]();
});

test('collections of the API are watched once, and a loss is told once', async () => {
  const lab = new MemoryLab();
  const cluster = new MemoryCluster();
  lab.cluster = cluster;
  const [a, b] = [listening(lab), listening(lab)];
  a.subscription.want([{ by: 'api', path: PODS }]);
  b.subscription.want([
    { by: 'api', path: PODS },
    { by: 'api', path: '/api/v1/nodes' },
  ]);
  expect(cluster.watched).toEqual([PODS, '/api/v1/nodes']);
  cluster.tells(PODS, 'ADDED', { metadata: { namespace: 'default', name: 'pod1' } });
  cluster.tells('/api/v1/nodes', 'MODIFIED', { metadata: { name: 'm' } });
  cluster.tells(PODS, 'ERROR', { kind: 'Status' });
  for (const watching of cluster.watching) watching.lost?.('gone');
  for (const watching of cluster.watching) watching.lost?.('gone');
  expect(a.heard).toEqual([
    `${PODS} default/pod1 api`,
    '/api/v1/nodes m api',
    `${PODS} api`,
    `${PODS} api`,
    '/api/v1/nodes api',
  ]);
  b.subscription[Symbol.dispose]();
  expect(cluster.watched).toEqual([PODS]);
  a.subscription[Symbol.dispose]();
  expect(cluster.watched).toEqual([]);
});

test('a monitor follows a pod to where it is, and says whose place it is', async () => {
  const lab = new MemoryLab();
  lab.cluster = new MemoryCluster();
  const { heard, subscription } = listening(lab);
  subscription.want([{ pod: 'default/pod1', by: 'ip' }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(lab.cluster.watched).toEqual([PODS]);
  expect(places(lab)).toEqual([]);
  lab.cluster.runs('default', 'pod1', '172.16.1.2');
  lab.names = ['cni-pod1'];
  lab.cluster.tells(PODS, 'MODIFIED', { metadata: { namespace: 'default', name: 'pod1' } });
  await vi.advanceTimersByTimeAsync(1000);
  expect(places(lab)).toEqual(['cni-pod1 ip']);
  heard.length = 0;
  lab.live[0]?.data(Buffer.from('[ROUTE]default via 169.254.1.1 dev eth0\n'));
  expect(heard.splice(0)).toEqual(['w1 cni-pod1 default/pod1 links']);
  lab.cluster.runs('default', 'pod1', '172.16.2.2', 'm');
  lab.cluster.tells(PODS, 'MODIFIED', { metadata: { namespace: 'default', name: 'pod1' } });
  await vi.advanceTimersByTimeAsync(1000);
  expect(lab.live.map((f) => f.place)).toMatchObject([{ node: 'm', netns: 'cni-pod1' }]);
  subscription[Symbol.dispose]();
  expect(lab.live).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
