import type { RunningLab } from '../providers/provider.ts';
import { Pacer } from './pacer.ts';

/** Scripts make several namespaces at once; whoever makes and removes many has the listeners in all of them begun anew. */
const DEBOUNCE_MS = 8;
const INTERVAL_MS = 50;
const INTERVAL_PER_NAME_MS = 20;
/**
 * `ip netns add` makes a file, which is an event, and mounts the namespace on it a moment later, which is none: so the
 * names are listed again this long after the last event.
 */
const LIST_AGAIN_MS = [60, 200, 600];

/** The named network namespaces of a node, kept current by the provider's watch. */
export class NamesWatch implements Disposable {
  names: readonly string[] = [];
  readonly #lab: RunningLab;
  readonly #node: string;
  readonly #onChange: () => void;
  readonly #pacer = new Pacer(() => this.#listNow(), {
    debounceMs: DEBOUNCE_MS,
    intervalMs: () => INTERVAL_MS + this.names.length * INTERVAL_PER_NAME_MS,
    rest: 3,
  });
  readonly #watching: Disposable;
  #timers: NodeJS.Timeout[] = [];
  #disposed = false;

  /** @param onChange called when a name came or went, or may stand for another namespace now; and once at the start */
  constructor(lab: RunningLab, node: string, onChange: () => void) {
    this.#lab = lab;
    this.#node = node;
    this.#onChange = onChange;
    this.#watching = lab.watchNetns(node, () => this.#pacer.request());
    this.#pacer.request();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#pacer[Symbol.dispose]();
    this.#watching[Symbol.dispose]();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #listNow(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#list();
    if (this.#disposed) return;
    this.#timers = LIST_AGAIN_MS.map((ms) => setTimeout(() => void this.#listAgain(), ms));
    this.#onChange();
  }

  async #listAgain(): Promise<void> {
    const before = this.names.join('/');
    await this.#list();
    if (!this.#disposed && this.names.join('/') !== before) this.#onChange();
  }

  async #list(): Promise<void> {
    try {
      this.names = await this.#lab.namedNetns(this.#node);
    } catch {
      this.names = []; // the lab is going away
    }
  }
}
