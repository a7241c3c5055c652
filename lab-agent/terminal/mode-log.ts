/** Changes kept apart; older ones are folded into the base, which only blurs a replay that begins before them. */
const MAX_CHANGES = 512;

/**
 * Which DEC private modes (alternate screen, bracketed paste, mouse …) were set at an offset of the stream. A replay that
 * begins in the middle of the stream needs them: the sequences that set them may have left the ring.
 */
export class ModeLog {
  #base = new Set<number>();
  #changes: { offset: number; modes: number[] | 'all'; on: boolean }[] = [];

  set(offset: number, modes: number[] | 'all', on: boolean): void {
    this.#changes.push({ offset, modes, on });
    if (this.#changes.length > MAX_CHANGES) this.forgetBefore(this.#changes[0]?.offset ?? 0);
  }

  /** Folds everything up to `offset` into the base. */
  forgetBefore(offset: number): void {
    let count = 0;
    for (const change of this.#changes) {
      if (change.offset > offset) break;
      apply(this.#base, change);
      count++;
    }
    if (count > 0) this.#changes.splice(0, count);
  }

  at(offset: number): number[] {
    const modes = new Set(this.#base);
    for (const change of this.#changes) if (change.offset <= offset) apply(modes, change);
    return [...modes];
  }
}

function apply(to: Set<number>, { modes, on }: { modes: number[] | 'all'; on: boolean }): void {
  if (modes === 'all') {
    to.clear();
    return;
  }
  for (const mode of modes) {
    // A bound, since the lab chooses the numbers.
    if (on && to.size < 64) to.add(mode);
    else if (!on) to.delete(mode);
  }
}
