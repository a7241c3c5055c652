// Tells who asks what the kernel says has changed in a lab, by as few processes as possible: one per place and tool, shared.
// Knows nothing of checks or pictures.
import type { RunningLab } from '../providers/provider.ts';
import { type Change, Monitor, type MonitorTool } from './monitor.ts';
import { NamesWatch } from './names-watch.ts';
import { keyOf } from './round.ts';

export type KernelEvent = { node: string; netns?: string | undefined; change: Change | 'namespaces' };

/** What to listen to: one place by one tool, the named namespaces of a node, or the links of a node and all of them. */
export type Interest =
  | { node: string; netns?: string | undefined; by: MonitorTool }
  | { node: string; by: 'names' }
  | { node: string; by: 'everything' };

export type Subscription = Disposable & {
  /** Replaces what this subscriber listens to. */
  want(interests: readonly Interest[]): void;
};

/** Named namespaces of a node that are listened to for the picture, each by a process of ours; checks name theirs. */
const MOST_NAMED = 24;

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

  constructor(lab: RunningLab) {
    this.#lab = lab;
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
    const interests = [...this.#subscribers.values()].flat();
    this.#watchNames(new Set(interests.filter(needsNames).map((i) => i.node)));
    const wanted = new Map(interests.flatMap((i) => this.#placesOf(i)).map((m) => [`${m.by} ${keyOf(m)}`, m]));
    for (const [key, monitor] of this.#monitors) {
      if (wanted.has(key)) continue;
      this.#monitors.delete(key);
      monitor[Symbol.dispose]();
    }
    for (const [key, { node, netns, by }] of wanted) {
      if (this.#monitors.has(key)) continue;
      const onChange = (change: Change) => this.#emit({ node, netns, change });
      this.#monitors.set(key, new Monitor(this.#lab, { node, netns }, by, onChange));
    }
  }

  /** The monitors that an interest needs now: in named namespaces only while they exist. */
  #placesOf(interest: Interest): { node: string; netns?: string | undefined; by: MonitorTool }[] {
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
    this.#emit({ node, change: 'namespaces' });
  }

  #emit(event: KernelEvent): void {
    for (const listener of [...this.#subscribers.keys()]) listener(event);
  }
}

const needsNames = (i: Interest): boolean => i.by === 'names' || i.by === 'everything' || i.netns !== undefined;
