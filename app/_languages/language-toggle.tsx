'use client';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { languages } from '../_lessons/types.ts';
import { rememberLanguage, useLanguage, useText } from './language-provider.tsx';

const names = { en: 'English', ko: '한국어' } as const;
const short = { en: 'EN', ko: '한' } as const;

/** The other language of this very place: the page stays, its words change. */
export function LanguageToggle() {
  const t = useText();
  const language = useLanguage();
  const router = useRouter();
  const [pending, start] = useTransition();
  return (
    <fieldset aria-label={t('app.language')} className={`flex rounded-md border border-line ${pending ? 'pulse' : ''}`}>
      {languages.map((l) => (
        <button
          key={l}
          type="button"
          lang={l}
          aria-label={names[l]}
          aria-pressed={l === language}
          className="min-w-8 px-2 py-1 text-muted text-xs leading-5 first:rounded-l-[5px] last:rounded-r-[5px] aria-pressed:bg-sunken aria-pressed:font-semibold aria-pressed:text-ink"
          onClick={() => {
            rememberLanguage(l);
            const url = new URL(location.href);
            url.searchParams.set('lang', l);
            start(() => router.replace(`${url.pathname}${url.search}${url.hash}`, { scroll: false }));
          }}
        >
          {short[l]}
        </button>
      ))}
    </fieldset>
  );
}
