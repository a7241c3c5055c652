import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { LanguageProvider } from '../_languages/language-provider.tsx';
import type { Language } from '../_lessons/types.ts';
import { AppHeader } from './app-header.tsx';
import { readTheme, THEME_COOKIE } from './theme.ts';

/** The frame of pages that are one column of text. */
export async function PageShell({ language, children }: { language: Language; children: ReactNode }) {
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <LanguageProvider language={language}>
      <AppHeader theme={theme} />
      <main id="text-main" tabIndex={-1} className="mx-auto max-w-3xl px-4 py-10 outline-none sm:px-6 sm:py-14">
        {children}
      </main>
    </LanguageProvider>
  );
}
