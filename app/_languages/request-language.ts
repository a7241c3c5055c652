import { cookies, headers } from 'next/headers';
import type { Language } from '../_lessons/types.ts';
import { LANGUAGE_COOKIE, LANGUAGE_HEADER, pickLanguage } from './language.ts';

/** The language of this request; `asked` is `?lang=` where the page is told it, the front door says it to all others. */
export async function requestLanguage(asked?: unknown): Promise<Language> {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  return pickLanguage(asked ?? head.get(LANGUAGE_HEADER), jar.get(LANGUAGE_COOKIE)?.value, head.get('accept-language'));
}
