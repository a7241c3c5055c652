import { HoplabError } from '../contract/errors.ts';

/** A learner's clicks never need more; what is asked for beyond waits. */
const MOST_AT_ONCE = 4;
const MOST_WAITING = 16;

/**
 * What one watcher asks to be looked at: a few rounds at once, the others wait, and of those that ask for the same only
 * the last is kept. So a page that asks a thousand times a second costs no more than one that asks when it may.
 */
export class Rounds implements Disposable {
  readonly #waiting = new Map<string, () => Promise<unknown>>();
  readonly #onError: (error: unknown) => void;
  #running = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** @throws HoplabError `limit-reached` when too many different things wait */
  ask(what: string, run: () => Promise<unknown>): void {
    if (!this.#waiting.has(what) && this.#waiting.size >= MOST_WAITING) {
      throw new HoplabError('limit-reached', 'too much is asked for at once');
    }
    this.#waiting.set(what, run);
    this.#next();
  }

  /** What waits is forgotten; what runs comes to its end. */
  [Symbol.dispose](): void {
    this.#waiting.clear();
  }

  #next(): void {
    for (const [what, run] of this.#waiting) {
      if (this.#running >= MOST_AT_ONCE) return;
      this.#waiting.delete(what);
      this.#running++;
      Promise.resolve()
        .then(run)
        .catch(this.#onError)
        .finally(() => {
          this.#running--;
          this.#next();
        });
    }
  }
}
