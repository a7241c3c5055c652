import { expect, test } from 'vitest';
import { holdBack, letGo, type Sleeper } from './wake.ts';

const later = () => new Date(Date.now() + 3600_000).toISOString();
const earlier = '2020-01-01T00:00:00.000000Z';

/** A lab whose API, leases and nodes are as a test says; it writes down what is done to it. */
function sleeper(): Sleeper & { said: string[]; ready: boolean; renewTime: string; nodesReady: string; busy: number } {
  return {
    said: [],
    busy: 0,
    ready: true,
    renewTime: earlier,
    nodesReady: 'True',
    signal(names, signal) {
      this.said.push(`${signal} ${names.join(' ')}`);
      if (signal === 'SIGCONT' && names.includes('kubelet')) this.renewTime = later();
    },
    workOf() {
      let work = 0;
      return () => {
        if (this.busy > 0) work += 1e6;
        this.busy -= 1;
        return work;
      };
    },
    async cutOff(names) {
      this.said.push(`cut off ${names.join(' ')}`);
    },
    async get(path) {
      if (!this.ready) return { ok: false, why: 'the API does not answer' };
      const conditions = [{ type: 'Ready', status: this.nodesReady }];
      const body = path.includes('leases')
        ? { items: [{ metadata: { name: 'w1' }, spec: { renewTime: this.renewTime } }] }
        : { items: [{ status: { conditions } }] };
      return { ok: true, status: 200, body };
    },
    async touchNode(name) {
      this.said.push(`touch ${name}`);
    },
    alive: () => true,
  };
}

test('kubelets and the controller manager are held back, and let go in order', async () => {
  const lab = sleeper();
  holdBack(lab);
  await letGo(lab, new AbortController().signal);
  expect(lab.said).toEqual([
    'SIGSTOP kubelet kube-apiserver kube-controller',
    'cut off kubelet',
    'SIGCONT kubelet',
    'cut off kubelet',
    'SIGCONT kube-apiserver',
    'touch w1',
    'SIGCONT kube-controller',
  ]);
});

test('the API server waits while kubelets have something to do', async () => {
  const lab = sleeper();
  lab.busy = Number.POSITIVE_INFINITY;
  const done = letGo(lab, new AbortController().signal);
  while (!lab.said.includes('SIGCONT kubelet')) await new Promise((resolve) => setImmediate(resolve));
  expect(lab.said).not.toContain('SIGCONT kube-apiserver');
  lab.busy = 3;
  await done;
  expect(lab.said).toContain('SIGCONT kube-apiserver');
});

test('nothing more is let go when the lab is frozen again meanwhile', async () => {
  const lab = sleeper();
  const again = new AbortController();
  const done = letGo(lab, again.signal);
  while (!lab.said.includes('SIGCONT kubelet')) await new Promise((resolve) => setImmediate(resolve));
  again.abort();
  await done;
  expect(lab.said).not.toContain('SIGCONT kube-apiserver');
  expect(lab.said).not.toContain('SIGCONT kube-controller');
});

test('the controller manager waits while the API does not answer', async () => {
  const lab = sleeper();
  lab.ready = false;
  const again = new AbortController();
  const done = letGo(lab, again.signal);
  while (lab.said.at(-1) !== 'SIGCONT kube-apiserver') await new Promise((resolve) => setImmediate(resolve));
  again.abort();
  await done;
  expect(lab.said).not.toContain('touch w1');
});

test('the controller manager waits until every node is Ready', async () => {
  const lab = sleeper();
  lab.nodesReady = 'False';
  const done = letGo(lab, new AbortController().signal);
  while (!lab.said.includes('SIGCONT kubelet')) await new Promise((resolve) => setImmediate(resolve));
  expect(lab.said).not.toContain('SIGCONT kube-controller');
  lab.nodesReady = 'True';
  await done;
  expect(lab.said.at(-1)).toBe('SIGCONT kube-controller');
});
