import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { ApiAnswer } from './view.ts';

/**
 * A frozen cluster notices nothing, but its clocks go on: kubelets would take their own late probes for failures and kill
 * the API server, and the controller manager would take nodes whose leases are old for dead. So both are held back with
 * SIGSTOP when the lab is frozen, and let go in order: first everything else, then, when the API answers, the kubelets, and when
 * their leases are new and they say Ready again, the controller manager (pkg/controller/nodelifecycle in Kubernetes). A kubelet's
 * own watch over its runtime may call it not ready for a moment: nobody acts on that while the controller manager waits.
 */
export type Sleeper = {
  /** Sends a signal to all processes of the lab that have one of these names (15 characters, as the kernel keeps them). */
  signal(names: readonly string[], signal: 'SIGSTOP' | 'SIGCONT'): void;
  get(path: string, options: { timeoutMs: number }): Promise<ApiAnswer>;
  /** Changes a node's object, so that what the controller manager knew of it is refused as out of date. */
  touchNode(name: string): Promise<void>;
  alive(): boolean;
};

const KUBELETS = ['kubelet'];
const CONTROLLERS = ['kube-controller'];
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const PAUSE_MS = 50;
/** What is held back longer than this is let go in any case: the learner may have broken the API on purpose. */
const LONGEST_MS = 20_000;

export function holdBack(lab: Pick<Sleeper, 'signal'>): void {
  lab.signal([...KUBELETS, ...CONTROLLERS], 'SIGSTOP');
}

/** Lets go what was held back, in order. Ends early when the signal fires: the lab is frozen again, or gone. */
export async function letGo(lab: Sleeper, signal: AbortSignal): Promise<void> {
  const thawedAt = Date.now();
  const until = thawedAt + LONGEST_MS;
  const waits = () => !signal.aborted && lab.alive() && Date.now() < until;
  while (waits() && !(await isReady(lab))) await sleep(PAUSE_MS);
  if (signal.aborted) return;
  lab.signal(KUBELETS, 'SIGCONT');
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

async function isReady(lab: Sleeper): Promise<boolean> {
  const answer = await lab.get('/readyz', { timeoutMs: 1000 });
  return answer.ok && answer.status === 200;
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
