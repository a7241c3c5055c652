import type { ApiAnswer, ClusterView, PodPlace } from '../../cluster/view.ts';

type Watching = {
  path: string;
  event(type: string, object: unknown): void;
  lost?(why: string): void;
  disposed: boolean;
};

/** For tests: a cluster in memory that replays what the API answered. */
export class MemoryCluster implements ClusterView {
  readonly controlPlane = 'm';
  nodes = [
    { name: 'm', address: '192.168.10.10' },
    { name: 'w1', address: '192.168.10.101' },
  ];
  /** By path; any other is answered with 404. */
  readonly answers = new Map<string, ApiAnswer>();
  readonly places = new Map<string, PodPlace>();
  readonly asked: string[] = [];
  readonly watching: Watching[] = [];
  /** What every look comes to while the API cannot be asked. */
  down: string | undefined;

  has(path: string, body: unknown): this {
    this.answers.set(path, { ok: true, status: 200, body });
    return this;
  }

  /** A running pod with its network namespace. */
  runs(namespace: string, name: string, address: string, node = 'w1'): this {
    this.places.set(`${namespace}/${name}`, { ok: true, place: { node, netns: `cni-${name}` } });
    return this.has(`/api/v1/namespaces/${namespace}/pods/${name}`, {
      metadata: { name, namespace },
      status: { phase: 'Running', podIP: address },
    });
  }

  /** The collections that are watched now. */
  get watched(): string[] {
    return this.watching.filter((w) => !w.disposed).map((w) => w.path);
  }

  tells(path: string, type: string, object: unknown): void {
    for (const watching of this.watching)
      if (!watching.disposed && watching.path === path) watching.event(type, object);
  }

  async get(path: string): Promise<ApiAnswer> {
    this.asked.push(path);
    if (this.down !== undefined) return { ok: false, why: this.down };
    return this.answers.get(path) ?? { ok: true, status: 404, body: { message: 'not found' } };
  }

  watch(path: string, on: { event(type: string, object: unknown): void; lost?(why: string): void }): Disposable {
    const watching: Watching = { ...on, path, disposed: false };
    this.watching.push(watching);
    return {
      [Symbol.dispose]: () => {
        watching.disposed = true;
      },
    };
  }

  async placeOf(pod: string): Promise<PodPlace> {
    if (this.down !== undefined) return { ok: false, missing: false, why: this.down };
    return this.places.get(pod) ?? { ok: false, missing: true, why: 'it does not run' };
  }
}
