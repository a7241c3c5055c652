/** @typedef {{ what: string, value: number, unit: string, target?: number, ok?: boolean }} BenchRow */

/** The results of a bench: the lines of its output that are JSON with `what` and `value`. @returns {BenchRow[]} */
export function benchRows(output) {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      const row = JSON.parse(line);
      return typeof row.what === 'string' && typeof row.value === 'number' ? [row] : [];
    } catch {
      return [];
    }
  });
}

/** @param {BenchRow[]} rows */
export function table(rows) {
  const cells = rows.map(({ what, value, unit, target, ok }) => [
    ok === undefined ? '    ' : ok ? 'ok  ' : 'MISS',
    what,
    `${round(value)} ${unit}`,
    target === undefined ? '' : `≤ ${target} ${unit}`,
  ]);
  const all = [['    ', 'what', 'seen', 'to reach'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const round = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
