import { cookies, headers } from 'next/headers';
import type { Language } from '../_lessons/types.ts';
import { LANGUAGE_COOKIE, pickLanguage } from './language.ts';

/** The language of this request; `asked` is `?lang=` where the page knows it. */
export async function requestLanguage(asked?: unknown): Promise<Language> {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  return pickLanguage(asked, jar.get(LANGUAGE_COOKIE)?.value, head.get('accept-language'));
}
