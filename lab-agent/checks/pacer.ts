/**
 * Turns any number of requests into few runs: the first soon, no two at once, never closer than the interval, and always one
 * after the last request. Costs nothing while nobody asks.
 */
export class Pacer implements Disposable {
  readonly #run: () => Promise<unknown>;
  readonly #debounceMs: number;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;
  #running = false;
  #lastStart = Number.NEGATIVE_INFINITY;
  #disposed = false;

  /** @param run must not throw; what it does after disposal is its own affair */
  constructor(run: () => Promise<unknown>, pace: { debounceMs: number; intervalMs: number }) {
    this.#run = run;
    this.#debounceMs = pace.debounceMs;
    this.#intervalMs = pace.intervalMs;
  }

  request(): void {
    this.#wanted = true;
    this.#plan();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    if (!this.#wanted || this.#running || this.#timer || this.#disposed) return;
    const free = this.#lastStart + this.#intervalMs - performance.now();
    this.#timer = setTimeout(() => this.#fire(), Math.max(this.#debounceMs, free));
  }

  #fire(): void {
    this.#timer = undefined;
    this.#wanted = false;
    this.#running = true;
    this.#lastStart = performance.now();
    void this.#run().finally(() => {
      this.#running = false;
      this.#plan();
    });
  }
}
