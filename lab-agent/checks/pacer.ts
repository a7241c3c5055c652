/**
 * Turns any number of requests into few runs: the first soon, no two at once, never closer than the interval, and always one
 * after the last request. Costs nothing while nobody asks.
 */
export class Pacer implements Disposable {
  readonly #run: () => Promise<unknown>;
  readonly #debounceMs: number;
  readonly #intervalMs: number | (() => number);
  readonly #rest: number;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;
  #running = false;
  #notBefore = Number.NEGATIVE_INFINITY;
  #disposed = false;

  /**
   * @param run must not throw; what it does after disposal is its own affair
   * @param pace.rest after a run it rests at least so many times as long as the run took: a lab that makes each look cost
   *   much gets fewer of them
   */
  constructor(
    run: () => Promise<unknown>,
    pace: { debounceMs: number; intervalMs: number | (() => number); rest?: number },
  ) {
    this.#run = run;
    this.#debounceMs = pace.debounceMs;
    this.#intervalMs = pace.intervalMs;
    this.#rest = pace.rest ?? 0;
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
    const free = this.#notBefore - performance.now();
    this.#timer = setTimeout(() => this.#fire(), Math.max(this.#debounceMs, free));
  }

  #fire(): void {
    this.#timer = undefined;
    this.#wanted = false;
    this.#running = true;
    const started = performance.now();
    void this.#run().finally(() => {
      this.#running = false;
      const interval = typeof this.#intervalMs === 'number' ? this.#intervalMs : this.#intervalMs();
      const ended = performance.now();
      this.#notBefore = Math.max(started + interval, ended + this.#rest * (ended - started));
      this.#plan();
    });
  }
}
