import { runInNewContext } from 'node:vm';

/**
 * Longer means a pattern that backtracks without end over what a lab printed; V8 stops it here. The clock is the wall's: a
 * busy machine may take as long for a harmless one, so what is stopped is tried once more.
 */
const PATTERN_TIMEOUT_MS = 100;
const TRIES = 2;

/** Which of some texts that a lab made an author's pattern matches; `too-slow` when it does not come to an end. */
export function tryPatterns(pattern: string, texts: readonly string[]): boolean[] | 'too-slow' {
  const script = 'const regexp = new RegExp(pattern, "m"); texts.map((text) => regexp.test(text))';
  for (let tries = 1; ; tries++) {
    try {
      // One context for all: making one costs more than trying a pattern.
      const hits = runInNewContext(script, { pattern, texts }, { timeout: PATTERN_TIMEOUT_MS }) as unknown[];
      return texts.map((_, i) => hits[i] === true);
    } catch {
      if (tries === TRIES) return 'too-slow';
    }
  }
}

/** As `tryPatterns` for one text. */
export function tryPattern(pattern: string, text: string): 'yes' | 'no' | 'too-slow' {
  const hits = tryPatterns(pattern, [text]);
  if (hits === 'too-slow') return hits;
  return hits[0] ? 'yes' : 'no';
}

export const tooSlow = (pattern: string): string => `the pattern /${pattern}/ takes too long on this text`;
