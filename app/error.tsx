'use client';
import { useEffect, useState } from 'react';
import { isLanguage } from './_languages/language.ts';
import { translator } from './_languages/translate.ts';

type ErrorPageProps = { error: Error & { digest?: string }; reset(): void };

/** Something that nobody foresaw. It stands outside of the page's providers, so it asks the document for its language. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const [language, setLanguage] = useState<'en' | 'ko'>('en');
  useEffect(() => {
    const { lang } = document.documentElement;
    if (isLanguage(lang)) setLanguage(lang);
  }, []);
  const t = translator(language);
  return (
    <main className="mx-auto max-w-xl px-6 py-20">
      <h1 className="font-semibold text-2xl tracking-tight">{t('app.failed')}</h1>
      <p className="mt-3 text-muted leading-relaxed">{t('app.failed.hint')}</p>
      {error.digest && (
        <p className="mt-2 font-mono text-muted text-sm">{t('app.failed.number', { digest: error.digest })}</p>
      )}
      <button type="button" className="button button-primary mt-6" onClick={reset}>
        {t('app.retry')}
      </button>
    </main>
  );
}
