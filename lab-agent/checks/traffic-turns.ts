import type { RunningLab } from '../providers/provider.ts';

/** Senders at the same time in one lab: a lesson's step has fewer. */
const SENDERS_AT_ONCE = 4;

/**
 * Who may cause traffic in a lab, whoever asks: senders a few at a time, and a capture alone, so that none sees what another
 * check sent. First come, first served, so that neither side waits for ever.
 */
export class TrafficTurns {
  readonly #queue: { alone: boolean; start(): void }[] = [];
  #running = 0;
  #alone = false;

  /** Runs something that sends. */
  send<T>(run: () => Promise<T>): Promise<T> {
    return this.#take(false, run);
  }

  /** Runs something that listens, while nothing else sends. */
  listen<T>(run: () => Promise<T>): Promise<T> {
    return this.#take(true, run);
  }

  async #take<T>(alone: boolean, run: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#queue.push({ alone, start });
      this.#next();
    });
    try {
      return await run();
    } finally {
      this.#running--;
      this.#alone = false;
      this.#next();
    }
  }

  #next(): void {
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      const room = head.alone ? this.#running === 0 : !this.#alone && this.#running < SENDERS_AT_ONCE;
      if (!room) return;
      this.#queue.shift();
      this.#running++;
      this.#alone = head.alone;
      head.start();
    }
  }
}

const turns = new WeakMap<RunningLab, TrafficTurns>();

export function trafficTurnsOf(lab: RunningLab): TrafficTurns {
  const known = turns.get(lab) ?? new TrafficTurns();
  turns.set(lab, known);
  return known;
}
