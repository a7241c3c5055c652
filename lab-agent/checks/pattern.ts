import { runInNewContext } from 'node:vm';

/** Longer means a pattern that backtracks without end over what a lab printed; V8 stops it here. */
const PATTERN_TIMEOUT_MS = 100;

/** Whether an author's pattern matches text that a lab made; `too-slow` when it does not come to an end. */
export function tryPattern(pattern: string, text: string): 'yes' | 'no' | 'too-slow' {
  try {
    const scope = { pattern, text };
    const hit: unknown = runInNewContext('new RegExp(pattern, "m").test(text)', scope, { timeout: PATTERN_TIMEOUT_MS });
    return hit === true ? 'yes' : 'no';
  } catch {
    return 'too-slow';
  }
}

export const tooSlow = (pattern: string): string => `the pattern /${pattern}/ takes too long on this text`;
