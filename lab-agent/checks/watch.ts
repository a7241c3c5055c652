// Runs checks again when they may have changed, and says only what did: a step turns green while the learner works.
// Knows nothing of who watches, nor of what a check looks at (registry.ts).
import type { CheckItem, WireCheck } from '../contract/checks/index.ts';
import type { CheckResult, Verdict, VerdictCause } from '../contract/verdict.ts';
import type { RunningLab } from '../providers/provider.ts';
import { concerns, interestsOf } from './followed.ts';
import { type KernelEvent, kernelEventsOf, type Subscription } from './kernel-events.ts';
import { Pacer } from './pacer.ts';
import { Round } from './round.ts';
import { resultOf, runChecks } from './run-check.ts';
import { runItems } from './run-items.ts';

/** One command causes a handful of events; a storm of them is looked at four times a second. */
const KERNEL_PACE = { debounceMs: 12, intervalMs: 250 };
/** Traffic is sent at most twice a second, however often the prompt returns. */
const PROMPT_PACE = { debounceMs: 20, intervalMs: 500 };

export type CheckWatch = Disposable & {
  /** Runs checks once, watched or not; all results are also given to onResults. */
  run(checks: readonly WireCheck[], cause: VerdictCause): Promise<CheckResult[]>;
  /** A command has ended on a node: everything is looked at again, traffic that others send to it too. */
  promptReturned(node?: string): void;
  /** Replaces the checks that are watched; each is run at once, with cause `first`. */
  setChecks(checks: readonly WireCheck[]): void;
};

type Watched = { check: WireCheck; verdicts: Verdict[]; told: string; dirty: Set<number> };

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
  watch.setChecks(checks);
  return watch;
}

class Watch implements CheckWatch {
  readonly #lab: RunningLab;
  readonly #onResults: (results: CheckResult[]) => void;
  readonly #events: Subscription;
  readonly #kernel = new Pacer(() => this.#inTurn(() => this.#again('kernel')), KERNEL_PACE);
  readonly #prompt = new Pacer(() => this.#inTurn(() => this.#again('prompt')), PROMPT_PACE);
  #watched: Watched[] = [];
  #turn: Promise<void> = Promise.resolve();
  #outbox: CheckResult[] = [];
  #disposed = false;

  constructor(lab: RunningLab, onResults: (results: CheckResult[]) => void) {
    this.#lab = lab;
    this.#onResults = onResults;
    this.#events = kernelEventsOf(lab).subscribe((event) => this.#onEvent(event));
  }

  setChecks(checks: readonly WireCheck[]): void {
    const watched = checks.map((check) => ({ check, verdicts: [], told: '', dirty: new Set<number>() }));
    this.#watched = watched;
    // Listening begins before the first look, so that nothing falls between them.
    this.#events.want(checks.flatMap((check) => check.items.flatMap(interestsOf)));
    void this.#inTurn(async () => {
      if (this.#watched === watched) await this.#runWhole(checks, 'first');
    });
  }

  async run(checks: readonly WireCheck[], cause: VerdictCause): Promise<CheckResult[]> {
    let results: CheckResult[] = [];
    await this.#inTurn(async () => {
      results = await this.#runWhole(checks, cause);
    });
    return results;
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
  }

  #onEvent(event: KernelEvent): void {
    for (const { check, dirty } of this.#watched) {
      check.items.forEach((item, i) => {
        if (concerns(item, event)) dirty.add(i);
      });
    }
    if (this.#watched.some(({ dirty }) => dirty.size > 0)) this.#kernel.request();
  }

  /** One round at a time, so that none reads what another's traffic is changing. */
  #inTurn(round: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(() => (this.#disposed ? undefined : round()));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #runWhole(checks: readonly WireCheck[], cause: VerdictCause): Promise<CheckResult[]> {
    return await runChecks(this.#lab, checks, cause, (result) => {
      const watched = this.#watched.find(({ check }) => check.id === result.id);
      if (watched && watched.check.items.length === result.items.length) {
        watched.verdicts = [...result.items];
        watched.told = essence(result.items);
      }
      this.#tell(result);
    });
  }

  /** Looks again at the items that an event concerns, or after a command at all; tells of the checks that changed. */
  async #again(cause: 'kernel' | 'prompt'): Promise<void> {
    const started = performance.now();
    const work: { item: CheckItem; watched: Watched; i: number }[] = [];
    for (const watched of this.#watched) {
      // Its first look has not been yet, and is in the queue.
      if (watched.verdicts.length === 0) continue;
      const due = cause === 'prompt' ? watched.check.items.keys() : watched.dirty;
      for (const i of due) work.push({ item: watched.check.items[i] as CheckItem, watched, i });
      watched.dirty = new Set();
    }
    const left = new Map<Watched, number>();
    for (const { watched } of work) left.set(watched, (left.get(watched) ?? 0) + 1);
    await runItems(new Round(this.#lab), work, ({ watched, i }, verdict) => {
      watched.verdicts[i] = verdict;
      const rest = (left.get(watched) ?? 0) - 1;
      left.set(watched, rest);
      if (rest > 0 || !this.#watched.includes(watched)) return;
      const now = essence(watched.verdicts);
      if (now === watched.told) return;
      watched.told = now;
      this.#tell(resultOf(watched.check, watched.verdicts, cause, performance.now() - started));
    });
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

/** What makes a verdict a changed one: its words, apart from how many milliseconds an answer took. */
function essence(items: readonly Verdict[]): string {
  return JSON.stringify(items).replace(/ in [\d.]+ ms/g, '');
}
