/** Control characters: what a lab's program prints must not act on the learner's screen or log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g;

/** At most `limit` characters, without control characters; what is cut is marked. */
export function clip(text: string, limit: number): string {
  const clean = text
    .slice(0, limit * 4)
    .replace(CONTROL, ' ')
    .trim();
  return clean.length <= limit ? clean : `${clean.slice(0, limit - 1)}…`;
}

/** The first line that says something, shortened for a sentence. */
export function firstLine(text: string, limit = 200): string {
  const line = text.split('\n', 50).find((l) => l.trim() !== '') ?? '';
  return clip(line, limit);
}

/** The last line that says something, shortened for a sentence. */
export function lastLine(text: string, limit = 200): string {
  const line =
    text
      .slice(-4096)
      .split('\n')
      .findLast((l) => l.trim() !== '') ?? '';
  return clip(line, limit);
}

/** `a, b and c`; the rest counted when there are more than `most`; `none` for an empty list. */
export function list(names: readonly string[], none: string, most = 6): string {
  if (names.length === 0) return none;
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : [...names];
  const last = shown.pop() as string;
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** What there is instead of something that is missing: `; there are pod1 and pod2`. */
export function instead(names: readonly string[]): string {
  if (names.length === 0) return ', and no other';
  return `; there ${names.length === 1 ? 'is' : 'are'} ${list(names, '')}`;
}

/** `1 packet`, `2 packets`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
