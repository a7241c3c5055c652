'use client';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import type { Language } from '../_lessons/types.ts';
import { LANGUAGE_COOKIE } from './language.ts';
import { type Translate, translator } from './translate.ts';

const LanguageContext = createContext<Language>('en');

/**
 * Gives everything below the page's language. `?lang=` is known to pages only and not to the root layout, so the language
 * stands on the wrapping element as well, and the document's own is put right (and remembered) once the page runs.
 */
export function LanguageProvider({ language, children }: { language: Language; children: ReactNode }) {
  useEffect(() => {
    document.documentElement.lang = language;
    rememberLanguage(language);
  }, [language]);
  return (
    <LanguageContext value={language}>
      <div lang={language} className="contents">
        {children}
      </div>
    </LanguageContext>
  );
}

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function useText(): Translate {
  const language = useLanguage();
  return useMemo(() => translator(language), [language]);
}

export function rememberLanguage(language: Language): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is missing in Firefox; this value is ours and safe
  document.cookie = `${LANGUAGE_COOKIE}=${language}; path=/; max-age=31536000; samesite=lax`;
}
