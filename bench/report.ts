/** One number of a bench, as scripts/bench.mjs reads it from the output. Smaller is better for all of them. */
export function report(what: string, value: number, unit: string, target?: number): void {
  const row = target === undefined ? { what, value, unit } : { what, value, unit, target, ok: value <= target };
  console.log(JSON.stringify(row));
}

/** The value that the given part of all values is not above: 0.5 the median, 0.99 the slow end. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How long something took, in milliseconds. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now();
  const result = await work();
  return { ms: performance.now() - started, result };
}
