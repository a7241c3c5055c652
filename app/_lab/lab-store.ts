import { type LabEvent, type LabState, reduceLab, startState } from './lab-state.ts';

/** Holds the state outside of React, so that a verdict repaints its check and not the whole lesson. */
export class LabStore {
  #state: LabState;
  readonly #listeners = new Set<() => void>();

  /** @param reached what the server knew to be reached when it made the page */
  constructor(reached: readonly string[]) {
    this.#state = { ...startState, reached };
  }

  readonly get = (): LabState => this.#state;

  readonly tell = (event: LabEvent): void => {
    this.#state = reduceLab(this.#state, event);
    for (const listener of this.#listeners) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
