/** Where dividers stand is remembered in a cookie, so that the server draws the page with them in place. */
export const LAYOUT_COOKIE = 'layouts';

/** Percentages by panel. */
export type SavedLayouts = Partial<Record<'lesson' | 'lab', Record<string, number>>>;

/** Reads the cookie; whatever does not fit is as if nothing had been saved. */
export function readLayouts(cookie: string | undefined): SavedLayouts {
  let value: unknown;
  try {
    value = JSON.parse(decodeURIComponent(cookie ?? '{}'));
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const { lesson, lab } = value as Record<string, unknown>;
  return { ...(isLayout(lesson) ? { lesson } : {}), ...(isLayout(lab) ? { lab } : {}) };
}

function isLayout(value: unknown): value is Record<string, number> {
  if (typeof value !== 'object' || value === null) return false;
  const sizes = Object.values(value);
  return sizes.length === 2 && sizes.every((s) => typeof s === 'number' && s >= 0 && s <= 100);
}

export function rememberLayout(name: keyof SavedLayouts, layout: Record<string, number>): void {
  const old = document.cookie
    .split('; ')
    .find((c) => c.startsWith(`${LAYOUT_COOKIE}=`))
    ?.slice(LAYOUT_COOKIE.length + 1);
  const value = encodeURIComponent(JSON.stringify({ ...readLayouts(old), [name]: layout }));
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is missing in Firefox; this value is ours and safe
  document.cookie = `${LAYOUT_COOKIE}=${value}; path=/; max-age=31536000; samesite=lax`;
}
