const FIRST_MS = 250;
/** A restarted server should be found again within a breath; eight seconds is as long as anybody waits without reloading. */
const LONGEST_MS = 8000;

/** The pause before the next try, in milliseconds: doubling, with a quarter of chance so that a class does not come back at once. */
export function backoffMs(attempt: number, chance: number = Math.random()): number {
  const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(pause * (0.75 + chance * 0.25));
}
