import type { Progress } from './progress.ts';

const BAR_WIDTH = 24;
/** Without a terminal a line is printed each time the build has come so much further, in percent. */
const SPARSE_STEP_PERCENT = 20;

/** Shows progress on one line of a terminal, or as a few lines in a log. `end` leaves the cursor on a new line. */
export function showProgress(title: string, out: NodeJS.WriteStream = process.stdout) {
  const started = performance.now();
  let shown = -1;
  let drawn = '';
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  return {
    update({ fraction, stage }: Progress): void {
      const percent = Math.floor(fraction * 100);
      if (out.isTTY) {
        const full = Math.round(fraction * BAR_WIDTH);
        const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
        const line = `${title} ${bar} ${String(percent).padStart(3)} % ${stage}`;
        if (line !== drawn) out.write(`\r\x1b[K${line.slice(0, (out.columns ?? 80) - 1)}`);
        drawn = line;
      } else if (shown < 0 || percent >= shown + SPARSE_STEP_PERCENT) {
        out.write(`${title}: ${percent} %, ${stage}\n`);
        shown = percent - (percent % SPARSE_STEP_PERCENT);
      }
    },
    end(text: string): void {
      out.write(`${out.isTTY ? '\r\x1b[K' : ''}${title}: ${text} (${seconds()})\n`);
    },
  };
}
