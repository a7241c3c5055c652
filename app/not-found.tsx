import Link from 'next/link';
import { requestLanguage } from './_languages/request-language.ts';
import { translator } from './_languages/translate.ts';
import { PageShell } from './_reader/page-shell.tsx';

export default async function NotFound() {
  const language = await requestLanguage();
  const t = translator(language);
  return (
    <PageShell language={language}>
      <h1 className="font-semibold text-2xl tracking-tight">{t('app.notFound')}</h1>
      <p className="mt-3 text-muted leading-relaxed">{t('app.notFound.hint')}</p>
      <Link href="/" className="button mt-6">
        {t('app.home')}
      </Link>
    </PageShell>
  );
}
