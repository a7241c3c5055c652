/** Where dividers stand is remembered in a cookie, so that the server draws the page with them in place. */
export const LAYOUT_COOKIE = 'layouts';

export type SplitName = 'lesson' | 'lab';
/** What the first part of each split takes, in percent. */
export type SavedLayouts = Record<SplitName, number>;

const standard: SavedLayouts = { lesson: 46, lab: 42 };
const LEAST = 15;
const STEP = 2;

/** Reads the cookie (`lesson:46_lab:42`); whatever does not fit is as if nothing had been saved. */
export function readLayouts(cookie: string | undefined): SavedLayouts {
  const layouts = { ...standard };
  for (const part of (cookie ?? '').split('_')) {
    const [, name, value] = /^(lesson|lab):(\d{1,2}(?:\.\d+)?)$/.exec(part) ?? [];
    if (name && value) layouts[name as SplitName] = clampShare(Number(value));
  }
  return layouts;
}

/** Neither part ever vanishes by dragging. */
export function clampShare(share: number): number {
  return Math.round(Math.min(100 - LEAST, Math.max(LEAST, share)) * 10) / 10;
}

/** Where a key on the divider moves it, or undefined when the key means nothing to it. */
export function shareAfterKey(share: number, key: string, across: boolean): number | undefined {
  if (key === 'Home') return LEAST;
  if (key === 'End') return 100 - LEAST;
  if (key === (across ? 'ArrowLeft' : 'ArrowUp')) return clampShare(share - STEP);
  if (key === (across ? 'ArrowRight' : 'ArrowDown')) return clampShare(share + STEP);
  return undefined;
}

export function rememberShare(name: SplitName, share: number): void {
  const old = document.cookie
    .split('; ')
    .find((c) => c.startsWith(`${LAYOUT_COOKIE}=`))
    ?.slice(LAYOUT_COOKIE.length + 1);
  const { lesson, lab }: SavedLayouts = { ...readLayouts(old), [name]: share };
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is missing in Firefox; this value is ours and safe
  document.cookie = `${LAYOUT_COOKIE}=lesson:${lesson}_lab:${lab}; path=/; max-age=31536000; samesite=lax`;
}
