// Tells who asks what has changed in a lab, as the kernel and the cluster's API say it, by as few processes as possible: one per
// place and tool, and one per collection of the API, shared. Knows nothing of checks or pictures.
import type { Place } from '../contract/names.ts';
import type { RunningLab } from '../providers/provider.ts';
import { ApiWatches } from './api-watches.ts';
import { type Change, Monitor, type MonitorTool } from './monitor.ts';
import { NamesWatch } from './names-watch.ts';
import { PodPlaces } from './pod-places.ts';
import { keyOf } from './round.ts';

/** `pods` are those whose place it is; `name` is what changed in a collection, where that is known. */
export type KernelEvent =
  | { node: string; netns?: string | undefined; pods: readonly string[]; change: Change | 'namespaces' }
  | { change: 'api'; path: string; name: string | undefined };

/**
 * What to listen to: one place, or wherever a pod is, by one tool; the named namespaces of a node; the links of a node and all
 * of them; a collection of the cluster's API.
 */
export type Interest =
  | { node: string; netns?: string | undefined; by: MonitorTool }
  | { pod: string; by: MonitorTool }
  | { by: 'api'; path: string }
  | { node: string; by: 'names' }
  | { node: string; by: 'everything' };

export type Subscription = Disposable & {
  /** Replaces what this subscriber listens to. */
  want(interests: readonly Interest[]): void;
};

/** Named namespaces of a node that are listened to for the picture, each by a process of ours; checks name theirs. */
const MOST_NAMED = 24;

/** Says where pods are, or are no longer. */
export const PODS = '/api/v1/pods';

const shared = new WeakMap<RunningLab, KernelEvents>();

/** The one listener of a lab. It runs nothing while it has no subscribers. */
export function kernelEventsOf(lab: RunningLab): KernelEvents {
  const events = shared.get(lab) ?? new KernelEvents(lab);
  shared.set(lab, events);
  return events;
}

export class KernelEvents {
  readonly #lab: RunningLab;
  readonly #subscribers = new Map<(event: KernelEvent) => void, readonly Interest[]>();
  readonly #monitors = new Map<string, Monitor>();
  readonly #names = new Map<string, NamesWatch>();
  readonly #api: ApiWatches;
  readonly #pods: PodPlaces;

  constructor(lab: RunningLab) {
    this.#lab = lab;
    this.#pods = new PodPlaces(lab, () => this.#reconcile());
    this.#api = new ApiWatches(lab, (path, name) => {
      if (path === PODS) this.#pods.changed(name);
      this.#emit({ change: 'api', path, name });
    });
  }

  /** @param onEvent called for everything that anyone listens to in this lab; choose what concerns you */
  subscribe(onEvent: (event: KernelEvent) => void): Subscription {
    const listener = (event: KernelEvent) => onEvent(event);
    this.#subscribers.set(listener, []);
    return {
      want: (interests) => {
        if (!this.#subscribers.has(listener)) return;
        this.#subscribers.set(listener, interests);
        this.#reconcile();
      },
      [Symbol.dispose]: () => {
        this.#subscribers.delete(listener);
        this.#reconcile();
      },
    };
  }

  #reconcile(): void {
    const all = [...this.#subscribers.values()].flat();
    this.#followApi(all);
    const interests = all.flatMap((i) => this.#onNode(i));
    this.#watchNames(new Set(interests.filter(needsNames).map((i) => i.node)));
    const wanted = new Map(interests.flatMap((i) => this.#placesOf(i)).map((m) => [`${m.by} ${keyOf(m)}`, m]));
    for (const [key, monitor] of this.#monitors) {
      if (wanted.has(key)) continue;
      this.#monitors.delete(key);
      monitor[Symbol.dispose]();
    }
    for (const [key, { node, netns, by }] of wanted) {
      if (this.#monitors.has(key)) continue;
      const onChange = (change: Change) => this.#emit({ node, netns, pods: this.#pods.at({ node, netns }), change });
      this.#monitors.set(key, new Monitor(this.#lab, { node, netns }, by, onChange));
    }
  }

  #followApi(interests: readonly Interest[]): void {
    const pods = new Set(interests.flatMap((i) => ('pod' in i ? i.pod : [])));
    const paths = interests.flatMap((i) => (i.by === 'api' ? i.path : []));
    this.#api.want(new Set(pods.size > 0 ? [...paths, PODS] : paths));
    this.#pods.want(pods);
  }

  /** An interest in a pod as one in the place where it is; nothing while it is nowhere. */
  #onNode(interest: Interest): NodeInterest[] {
    if (interest.by === 'api') return [];
    if (!('pod' in interest)) return [interest];
    const place: Place | undefined = this.#pods.of(interest.pod);
    return place ? [{ ...place, by: interest.by }] : [];
  }

  /** The monitors that an interest needs now: in named namespaces only while they exist. */
  #placesOf(interest: NodeInterest): { node: string; netns?: string | undefined; by: MonitorTool }[] {
    const { node } = interest;
    const names = this.#names.get(node)?.names ?? [];
    if (interest.by === 'names') return [];
    if (interest.by === 'everything')
      return [undefined, ...names.slice(0, MOST_NAMED)].map((netns) => ({ node, netns, by: 'ip' }));
    return interest.netns === undefined || names.includes(interest.netns) ? [interest] : [];
  }

  #watchNames(nodes: ReadonlySet<string>): void {
    for (const [node, watch] of this.#names) {
      if (nodes.has(node)) continue;
      this.#names.delete(node);
      watch[Symbol.dispose]();
    }
    for (const node of nodes) {
      if (!this.#names.has(node))
        this.#names.set(node, new NamesWatch(this.#lab, node, () => this.#namesChanged(node)));
    }
  }

  /**
   * A name may stand for another namespace now, and a monitor keeps the namespace alive that it is in (with the cables
   * that the learner thinks are gone): so all monitors in the node's named namespaces are ended, and those wanted begun anew.
   */
  #namesChanged(node: string): void {
    for (const [key, monitor] of this.#monitors) {
      if (!key.includes(` ${node}/`)) continue;
      this.#monitors.delete(key);
      monitor[Symbol.dispose]();
    }
    this.#reconcile();
    this.#emit({ node, pods: [], change: 'namespaces' });
  }

  #emit(event: KernelEvent): void {
    for (const listener of [...this.#subscribers.keys()]) listener(event);
  }
}

type NodeInterest = Extract<Interest, { node: string }>;

const needsNames = (i: NodeInterest): boolean => i.by === 'names' || i.by === 'everything' || i.netns !== undefined;
