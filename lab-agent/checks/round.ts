import type { LiveState } from '../contract/lab.ts';
import type { Place } from '../contract/names.ts';
import type { Looked, LookOptions, RunningLab } from '../providers/provider.ts';

/** Reading kernel state takes milliseconds; this much means that the machine or the lab is stuck. */
const STATE_TIMEOUT_MS = 4000;
/** A node with thousands of routes or rules still fits. */
const STATE_MAX_BYTES = 4 * 1024 * 1024;

/** A place that may be a pod's, by whose name sentences call it; or that is not there, which is then the answer to every look. */
type LookPlace = Place & { pod?: string | undefined; unseen?: Unseen | undefined };

/** What was seen: text, or that the place is not there (the learner's affair), or that looking failed (ours). */
export type Seen = { ok: true; stdout: string; stderr: string } | Unseen;
export type Unseen =
  | { ok: false; missing: true; observed: string; nearest?: string }
  | { ok: false; missing: false; why: string };

/**
 * One look around a lab, shared by the checks that are run together: what several of them need is fetched once.
 * It is thrown away afterwards, so nothing it remembers can grow old.
 */
export class Round {
  readonly lab: RunningLab;
  private readonly seen = new Map<string, Promise<unknown>>();

  constructor(lab: RunningLab) {
    this.lab = lab;
  }

  /** Runs a program that only reads kernel state; the same argv in the same place runs once a round. */
  async state(place: LookPlace, argv: readonly [string, ...string[]]): Promise<Seen> {
    if (place.unseen) return place.unseen;
    return this.once(`look ${keyOf(place)} ${argv.join('\0')}`, async () => {
      const options = { timeoutMs: STATE_TIMEOUT_MS, maxBytes: STATE_MAX_BYTES };
      return this.explain(place, await this.lab.look(place, argv, options), argv[0]);
    });
  }

  /** Runs a program that sends something, or whose result must be fresh. */
  async act(place: LookPlace, argv: readonly [string, ...string[]], limits: LookOptions) {
    if (place.unseen) return place.unseen;
    const looked = await this.lab.look(place, argv, limits);
    if (looked.ok) return looked;
    return this.whyNot(place, looked.why, argv[0]);
  }

  /** As `state`, for a program that reads files of a node: `{root}` in its arguments is the node's root folder. */
  async stateWithRoot(node: string, argv: readonly [string, ...string[]]): Promise<Seen> {
    return this.once(`root ${node} ${argv.join('\0')}`, async () => {
      const options: LookOptions = { timeoutMs: STATE_TIMEOUT_MS, maxBytes: STATE_MAX_BYTES };
      return this.explain({ node }, await this.lab.lookWithRoot(node, argv, options), argv[0]);
    });
  }

  /** What the cluster's API has at a path; an answer of any status. */
  api(path: string): Promise<{ ok: true; status: number; body: unknown } | Unseen> {
    return this.once(`api ${path}`, async () => {
      const answer = await this.lab.cluster?.get(path, { timeoutMs: STATE_TIMEOUT_MS });
      if (!answer) return { ok: false, missing: false, why: 'this lab has no cluster' };
      return answer.ok
        ? answer
        : { ok: false, missing: false, why: `the cluster's API could not be asked: ${answer.why}` };
    });
  }

  /** The named network namespaces of a node. */
  netnsOf(node: string): Promise<string[]> {
    return this.once(`names ${node}`, () => this.lab.namedNetns(node));
  }

  processes(place: Place): Promise<{ name: string; args: string }[]> {
    return this.once(`processes ${keyOf(place)}`, () => this.lab.processes(place));
  }

  liveState(): Promise<LiveState> {
    return this.once('live', () => this.lab.liveState());
  }

  hasNode(name: string): boolean {
    return this.lab.nodes.some((node) => node.name === name);
  }

  /** Why a place cannot be seen: it is not there, or the look itself failed. */
  async whyNot(place: LookPlace, why: string, program: string): Promise<Unseen> {
    const gone = await this.missingPlace(place);
    return gone ?? { ok: false, missing: false, why: `${program} could not be run ${where(place)}: ${why}` };
  }

  /** Says that a place's namespace does not exist, or nothing when it does. */
  async missingPlace({ node, netns, pod, unseen }: LookPlace): Promise<Unseen | undefined> {
    if (unseen) return unseen;
    if (netns === undefined) return undefined;
    const names = await this.netnsOf(node);
    if (names.includes(netns)) return undefined;
    if (pod !== undefined) return { ok: false, missing: true, observed: `the pod ${podText(pod)} has just gone` };
    const near = nearestName(netns, names);
    const observed = `there is no network namespace ${netns} on ${node}`;
    return { ok: false, missing: true, observed, ...(near ? { nearest: `the network namespace ${near}` } : {}) };
  }

  private async explain(place: LookPlace, looked: Looked, program: string): Promise<Seen> {
    if (!looked.ok) return this.whyNot(place, looked.why, program);
    const { code, stdout, stderr } = looked;
    if (code === 0) return { ok: true, stdout, stderr };
    const why = stderr.trim() || `it ended with status ${code}`;
    return { ok: false, missing: false, why: `${program} failed ${where(place)}: ${why}` };
  }

  /** What several checks of a round need, fetched once. */
  once<T>(key: string, get: () => Promise<T>): Promise<T> {
    const known = this.seen.get(key) as Promise<T> | undefined;
    if (known) return known;
    const fresh = get();
    this.seen.set(key, fresh);
    return fresh;
  }
}

export function keyOf({ node, netns }: Place): string {
  return netns === undefined ? node : `${node}/${netns}`;
}

/** `in RED`, `in pod1` or `on k8s-m`, as sentences need it. */
export function where({ node, netns, pod }: LookPlace): string {
  if (pod !== undefined) return `in ${podText(pod)}`;
  return netns === undefined ? `on ${node || 'its node'}` : `in ${netns}`;
}

/** `RED`, `pod1` or `k8s-m`: where traffic starts from. */
export function origin({ node, netns, pod }: LookPlace): string {
  return pod === undefined ? (netns ?? node) : podText(pod);
}

/** A pod's name as sentences say it: `pod1`, or `kube-system/coredns-1` outside of the usual namespace. */
export const podText = (pod: string): string => pod.replace(/^default\//, '');

/** The name that a typing slip could have made of `wanted`: other case, or one that contains it. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const small = wanted.toLowerCase();
  return (
    names.find((n) => n.toLowerCase() === small) ??
    names.find((n) => n.toLowerCase().includes(small) || small.includes(n.toLowerCase()))
  );
}
