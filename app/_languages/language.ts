import { type Language, languages } from '../_lessons/types.ts';

/** The cookie that remembers the reader's language. */
export const LANGUAGE_COOKIE = 'lang';

/**
 * The header by which the front door hands `?lang=` on: a layout is not told the query, and <html lang> is written by one.
 * Set for every request, so that nobody else's is believed.
 */
export const LANGUAGE_HEADER = 'x-hoplab-lang';

/** What `?lang=` of a request's path asks for; empty when it asks for nothing that there is. */
export function languageInQuery(path = ''): Language | '' {
  const asked = new URLSearchParams(path.split('?', 2)[1]).get('lang');
  return isLanguage(asked) ? asked : '';
}

export function isLanguage(value: unknown): value is Language {
  return languages.includes(value as Language);
}

/** What the reader asked for in the address, then what was remembered, then what the browser prefers, then English. */
export function pickLanguage(asked: unknown, remembered: unknown, acceptLanguage: string | null | undefined): Language {
  if (isLanguage(asked)) return asked;
  if (isLanguage(remembered)) return remembered;
  return preferred(acceptLanguage ?? '') ?? 'en';
}

/** The best of our languages by an Accept-Language header: `ko-KR,ko;q=0.9,en;q=0.8`. */
function preferred(header: string): Language | undefined {
  const wishes = header.split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const q = parameters.map((p) => /^\s*q=([\d.]+)/.exec(p)?.[1]).find((v) => v !== undefined);
    return { language: tag.split('-')[0], q: q === undefined ? 1 : Number(q) };
  });
  return wishes
    .filter((w) => w.q > 0)
    .sort((a, b) => b.q - a.q)
    .map((w) => w.language)
    .find(isLanguage);
}
