import type { Ring } from './ring.ts';

/** How far to look for a point where a replay may begin. */
const LOOK_BYTES = 64 * 1024;
const ESC = 0x1b;
const BEL = 0x07;
const LF = 0x0a;
const BACKSLASH = 0x5c;

/**
 * The first offset from which replaying the ring shows no torn escape sequence and no torn UTF-8 character.
 * The parser's state at the ring's start is unknown, so it is inferred from what ends first: a string terminator (BEL or
 * ESC \) before any new sequence means that the start may lie within a string, and all up to it is left out. Else the
 * byte after the first newline is safe, or the first ESC, which aborts whatever came before.
 */
export function safeStart(ring: Ring): number {
  if (ring.start === 0) return 0;
  const look = ring.read(ring.start, Math.min(ring.end, ring.start + LOOK_BYTES));
  const esc = look.indexOf(ESC);
  const bel = look.indexOf(BEL);
  if (bel >= 0 && (esc < 0 || bel < esc)) return ring.start + bel + 1;
  if (esc >= 0 && look[esc + 1] === BACKSLASH) return ring.start + esc + 2;
  const newline = look.indexOf(LF);
  if (newline >= 0 && (esc < 0 || newline < esc)) return ring.start + newline + 1;
  if (esc >= 0) return ring.start + esc;
  // A screenful without a newline: only keep a character whole.
  let at = 0;
  while (at < 4 && ((look[at] ?? 0) & 0xc0) === 0x80) at++;
  return ring.start + at;
}
