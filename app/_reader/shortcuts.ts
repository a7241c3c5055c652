/** What a key can do on the lesson page. */
export type ShortcutAction =
  | 'help'
  | 'next'
  | 'previous'
  | 'check'
  | 'terminal'
  | 'picture'
  | 'home'
  | 'nextLesson'
  | 'previousLesson';

/** Keys as they are shown and matched: one, or two pressed one after the other. */
export const shortcuts: Record<ShortcutAction, readonly string[]> = {
  next: ['j'],
  previous: ['k'],
  check: ['c'],
  terminal: ['t'],
  picture: ['p'],
  help: ['?'],
  home: ['g', 'h'],
  nextLesson: ['g', 'n'],
  previousLesson: ['g', 'p'],
};

/** How long the first key of two is waited upon. */
export const SEQUENCE_MS = 1200;

export type PressedKey = {
  key: string;
  code: string;
  modified: boolean;
  /** Whether the key goes to something that takes text or keys of its own. */
  typing: boolean;
  at: number;
};
export type ShortcutState = { first: string; at: number } | undefined;

/** Pure: the key and what was pressed before it, to what is to be done and what is remembered. */
export function matchShortcut(
  state: ShortcutState,
  pressed: PressedKey,
): { state: ShortcutState; action?: ShortcutAction } {
  if (pressed.typing || pressed.modified) return { state: undefined };
  const key = letterOf(pressed);
  const first = state && pressed.at - state.at <= SEQUENCE_MS ? state.first : undefined;
  const wanted = first ? [first, key] : [key];
  for (const [action, keys] of Object.entries(shortcuts) as [ShortcutAction, readonly string[]][]) {
    if (keys.length === wanted.length && keys.every((k, i) => k === wanted[i])) return { state: undefined, action };
  }
  const begins = Object.values(shortcuts).some((keys) => keys.length > 1 && keys[0] === key);
  return { state: begins ? { first: key, at: pressed.at } : undefined };
}

/** With a Korean input method `key` is a Hangul letter: the place of the key on the board then says which one is meant. */
function letterOf({ key, code }: PressedKey): string {
  if (/^[\x20-\x7e]$/.test(key)) return key;
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key;
}
