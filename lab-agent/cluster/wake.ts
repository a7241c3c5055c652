import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { ApiAnswer } from './view.ts';

/**
 * A frozen cluster notices nothing, but its clocks go on: kubelets would take their own late probes for failures and kill
 * the API server, the controller manager would take nodes whose leases are old for dead, and a kubelet's first status would
 * say that its runtime was last seen minutes ago (pkg/kubelet/runtime.go in Kubernetes: NotReady after 30 s, and after 3 minutes
 * without a look at its pods). So they are held back with SIGSTOP when the lab is frozen, and the API server with them, and let go in
 * order: everything else; the kubelets, whose connections to the API are ended, so that the first status gets no further than a
 * new connection's handshake; when they have come round the API server, with that connection ended too, so that the kubelet
 * tries again at once with what it has seen meanwhile; and when the leases are new and all nodes Ready, the controller
 * manager (pkg/controller/nodelifecycle).
 */
export type Sleeper = {
  /** Sends a signal to all processes of the lab that have one of these names (15 characters, as the kernel keeps them). */
  signal(names: readonly string[], signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends the connections that processes of these names have to the API: what is not sent yet never is. */
  cutOff(names: readonly string[]): Promise<void>;
  /** A clock of these processes, as they are now: the nanoseconds in which one of them ran or would have liked to. */
  workOf(names: readonly string[]): () => number;
  get(path: string, options: { timeoutMs: number }): Promise<ApiAnswer>;
  /** Changes a node's object, so that what the controller manager knew of it is refused as out of date. */
  touchNode(name: string): Promise<void>;
  alive(): boolean;
};

const KUBELETS = ['kubelet'];
const RUNTIMES = ['containerd'];
const API = ['kube-apiserver'];
const CONTROLLERS = ['kube-controller'];
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const PAUSE_MS = 50;
/** A kubelet looks at its runtime and its pods as soon as it runs: four have done it after a tenth of a second or two. */
const LOOK_MS = 10;
/** So many looks one after another, each with less work than this since the one before, and they are idle. */
const IDLE_LOOKS = 2;
const IDLE_NS = 500_000;
/** Kubelets that find no rest are not waited for any longer: a learner's pods may keep them busy. */
const LONGEST_ROUND_MS = 1000;
/** What is held back longer than this is let go in any case: the learner may have broken the API on purpose. */
const LONGEST_MS = 20_000;

export function holdBack(lab: Pick<Sleeper, 'signal'>): void {
  lab.signal([...KUBELETS, ...API, ...CONTROLLERS], 'SIGSTOP');
}

/** Lets go what was held back, in order. Ends early when the signal fires: the lab is frozen again, or gone. */
export async function letGo(lab: Sleeper, signal: AbortSignal): Promise<void> {
  const thawedAt = Date.now();
  const until = thawedAt + LONGEST_MS;
  const waits = () => !signal.aborted && lab.alive() && Date.now() < until;
  await lab.cutOff(KUBELETS);
  lab.signal(KUBELETS, 'SIGCONT');
  await untilIdle(lab, signal);
  if (signal.aborted) return;
  await lab.cutOff(KUBELETS);
  lab.signal(API, 'SIGCONT');
  while (waits()) {
    const [leases, ready] = await Promise.all([readLeases(lab), areReady(lab)]);
    const old = leases.filter(({ renewTime }) => Date.parse(renewTime) < thawedAt);
    if (leases.length > 0 && old.length === 0 && ready) {
      await Promise.all(leases.map(({ name }) => lab.touchNode(name)));
      break;
    }
    await sleep(PAUSE_MS);
  }
  if (!signal.aborted) lab.signal(CONTROLLERS, 'SIGCONT');
}

/** Waits until kubelets and their runtimes have done what was due while they were frozen. */
async function untilIdle(lab: Sleeper, signal: AbortSignal): Promise<void> {
  const until = Date.now() + LONGEST_ROUND_MS;
  const work = lab.workOf([...KUBELETS, ...RUNTIMES]);
  let before = work();
  for (let idle = 0; idle < IDLE_LOOKS && Date.now() < until && !signal.aborted; ) {
    await sleep(LOOK_MS);
    const now = work();
    idle = now - before < IDLE_NS ? idle + 1 : 0;
    before = now;
  }
}

const nodeList = z.object({
  items: z.array(
    z.object({ status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }) }),
  ),
});

async function areReady(lab: Sleeper): Promise<boolean> {
  const answer = await lab.get('/api/v1/nodes', { timeoutMs: 2000 });
  const list = nodeList.safeParse(answer.ok ? answer.body : undefined);
  const isReady = ({ status }: { status: { conditions: { type: string; status: string }[] } }) =>
    status.conditions.some((c) => c.type === 'Ready' && c.status === 'True');
  return list.success && list.data.items.every(isReady);
}

const leaseList = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), spec: z.object({ renewTime: z.string() }) })),
});

async function readLeases(lab: Sleeper): Promise<{ name: string; renewTime: string }[]> {
  const answer = await lab.get(LEASES, { timeoutMs: 2000 });
  const list = leaseList.safeParse(answer.ok ? answer.body : undefined);
  return list.success ? list.data.items.map(({ metadata, spec }) => ({ name: metadata.name, ...spec })) : [];
}
