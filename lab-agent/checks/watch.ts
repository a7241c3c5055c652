// Runs checks again when they may have changed, and says only what did: a step turns green while the learner works.
// Knows nothing of who watches, nor of what a check looks at (registry.ts).
import type { CheckItem, WireCheck } from '../contract/checks/index.ts';
import type { CheckResult, Verdict, VerdictCause } from '../contract/verdict.ts';
import type { RunningLab } from '../providers/provider.ts';
import { concerns, followsWholly, interestsOf, lagsBehindApi } from './followed.ts';
import { type KernelEvent, kernelEventsOf, type Subscription } from './kernel-events.ts';
import { Pacer } from './pacer.ts';
import { Round } from './round.ts';
import { resultOf } from './run-check.ts';
import { runItems } from './run-items.ts';

/** One command causes a handful of events; a storm of them is looked at four times a second. */
const KERNEL_PACE = { debounceMs: 12, intervalMs: 250, rest: 3 };
/** Traffic is sent at most twice a second, however often the prompt returns. */
const PROMPT_PACE = { debounceMs: 20, intervalMs: 500 };

/**
 * Nodes follow what changes in the cluster's API in their own time, mostly within a tenth of a second: what looks at them is
 * looked at again after this time, and some times more until it comes to something else than before.
 */
const LAG_PACE = { debounceMs: 400, intervalMs: 1000 };
const LAGGING_LOOKS = 4;

export type CheckWatch = Disposable & {
  /** Runs checks once, watched or not; all results are also given to onResults. */
  run(checks: readonly WireCheck[], cause: VerdictCause): Promise<CheckResult[]>;
  /** A command has ended on a node: everything is looked at again, traffic that others send to it too. */
  promptReturned(node?: string): void;
  /** Replaces the checks that are watched; each is run at once, with cause `first`. Resolves when all have been. */
  setChecks(checks: readonly WireCheck[]): Promise<void>;
};

type Slot = { item: CheckItem; verdict: Verdict | undefined; stamp: number };
type Lag = { looks: number; before: Verdict['verdict'] | undefined };
type Watched = {
  check: WireCheck;
  slots: Slot[];
  told: string;
  dirty: Set<number>;
  /** Items that lag behind the API, with the looks that are left for them and what they came to before. */
  lagging: Map<number, Lag>;
};
type Work = { slot: Slot; watched: Watched };

/**
 * Watches checks of a lab until it is disposed.
 * @param on.onResults all results of `first` and `button`; of `kernel` and `prompt` only those that changed
 */
export function watchChecks(
  lab: RunningLab,
  checks: readonly WireCheck[],
  on: { onResults(results: CheckResult[]): void },
): CheckWatch {
  const watch = new Watch(lab, (results) => on.onResults(results));
  void watch.setChecks(checks);
  return watch;
}

/**
 * Rounds may overlap, so that a ping that waits for its answer does not keep a state check from turning. Each verdict
 * carries the stamp of its round, and an older one never takes the place of a newer.
 */
class Watch implements CheckWatch {
  readonly #lab: RunningLab;
  readonly #onResults: (results: CheckResult[]) => void;
  readonly #events: Subscription;
  readonly #kernel = new Pacer(() => this.#lookAtChanged(), KERNEL_PACE);
  readonly #prompt = new Pacer(() => this.#lookAtAll(this.#watched, 'prompt'), PROMPT_PACE);
  readonly #lag = new Pacer(() => this.#lookAtLagging(), LAG_PACE);
  #watched: Watched[] = [];
  #stamp = 0;
  #outbox: CheckResult[] = [];
  #disposed = false;

  constructor(lab: RunningLab, onResults: (results: CheckResult[]) => void) {
    this.#lab = lab;
    this.#onResults = onResults;
    this.#events = kernelEventsOf(lab).subscribe((event) => this.#onEvent(event));
  }

  async setChecks(checks: readonly WireCheck[]): Promise<void> {
    this.#watched = checks.map(unseenYet);
    // Listening begins before the first look, so that nothing falls between them.
    this.#events.want(checks.flatMap((check) => check.items.flatMap(interestsOf)));
    await this.#lookAtAll(this.#watched, 'first');
  }

  async run(checks: readonly WireCheck[], cause: VerdictCause): Promise<CheckResult[]> {
    const known = new Map(this.#watched.map((watched) => [JSON.stringify(watched.check), watched]));
    const pressed = checks.map((check) => known.get(JSON.stringify(check)) ?? unseenYet(check));
    return await this.#lookAtAll(pressed, cause, true);
  }

  promptReturned(): void {
    if (this.#watched.length > 0) this.#prompt.request();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#watched = [];
    this.#events[Symbol.dispose]();
    this.#kernel[Symbol.dispose]();
    this.#prompt[Symbol.dispose]();
    this.#lag[Symbol.dispose]();
  }

  #onEvent(event: KernelEvent): void {
    for (const { check, dirty, lagging, slots } of this.#watched) {
      check.items.forEach((item, i) => {
        if (!concerns(item, event)) return;
        if (followsWholly(item)) dirty.add(i);
        if (event.change === 'api' && lagsBehindApi(item))
          lagging.set(i, { looks: LAGGING_LOOKS, before: slots[i]?.verdict?.verdict });
      });
    }
    if (this.#watched.some(({ dirty }) => dirty.size > 0)) this.#kernel.request();
    if (this.#watched.some(({ lagging }) => lagging.size > 0)) this.#lag.request();
  }

  async #lookAtLagging(): Promise<void> {
    const looks = this.#watched.flatMap((watched) =>
      [...watched.lagging].map(([i, lag]) => ({ watched, i, lag, slot: watched.slots[i] as Slot })),
    );
    for (const { lag } of looks) lag.looks--;
    await this.#round(looks, 'kernel');
    for (const { watched, i, lag, slot } of looks) {
      const done = lag.looks === 0 || slot.verdict?.verdict !== lag.before;
      // An event meanwhile has given it new looks.
      if (done && watched.lagging.get(i) === lag) watched.lagging.delete(i);
    }
    if (this.#watched.some(({ lagging }) => lagging.size > 0)) this.#lag.request();
  }

  async #lookAtChanged(): Promise<void> {
    const work = this.#watched.flatMap((watched) =>
      [...watched.dirty].map((i) => ({ watched, slot: watched.slots[i] as Slot })),
    );
    for (const { dirty } of this.#watched) dirty.clear();
    await this.#round(work, 'kernel');
  }

  #lookAtAll(checks: readonly Watched[], cause: VerdictCause, tellAll = false): Promise<CheckResult[]> {
    const work = checks.flatMap((watched) => watched.slots.map((slot) => ({ watched, slot })));
    return this.#round(work, cause, tellAll);
  }

  /** Looks at items and tells what came of their checks; returns the results in the order of the checks. */
  async #round(work: Work[], cause: VerdictCause, tellAll = false): Promise<CheckResult[]> {
    const started = performance.now();
    const stamp = ++this.#stamp;
    const left = new Map<Watched, number>();
    for (const { watched } of work) left.set(watched, (left.get(watched) ?? 0) + 1);
    const results = new Map<Watched, CheckResult>();
    const items = work.map((one) => ({ ...one, item: one.slot.item }));
    await runItems(new Round(this.#lab), items, ({ watched, slot }, verdict) => {
      if (slot.stamp < stamp) Object.assign(slot, { verdict, stamp });
      const rest = (left.get(watched) ?? 0) - 1;
      left.set(watched, rest);
      const verdicts = watched.slots.flatMap((s) => s.verdict ?? []);
      // Until the first round has seen every item there is no result to tell.
      if (rest > 0 || verdicts.length < watched.slots.length) return;
      const result = resultOf(watched.check, verdicts, cause, performance.now() - started);
      results.set(watched, result);
      const now = essence(verdicts);
      const news = cause === 'first' || now !== watched.told;
      if (tellAll || (news && this.#watched.includes(watched))) this.#tell(result);
      watched.told = now;
    });
    return [...left.keys()].flatMap((watched) => results.get(watched) ?? []);
  }

  /** Results that are there at the same moment travel together. */
  #tell(result: CheckResult): void {
    if (this.#outbox.push(result) > 1) return;
    setImmediate(() => {
      const results = this.#outbox;
      this.#outbox = [];
      if (!this.#disposed) this.#onResults(results);
    });
  }
}

function unseenYet(check: WireCheck): Watched {
  const slots = check.items.map((item) => ({ item, verdict: undefined, stamp: 0 }));
  return { check, slots, told: '', dirty: new Set(), lagging: new Map() };
}

/** What makes a verdict a changed one: its words, apart from how many milliseconds an answer took. */
function essence(items: readonly Verdict[]): string {
  return JSON.stringify(items).replace(/ in [\d.]+ ms/g, '');
}
