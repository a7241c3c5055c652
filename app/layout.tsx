import './globals.css';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { requestLanguage } from './_languages/request-language.ts';
import { readTheme, THEME_COOKIE } from './_reader/theme.ts';

export const metadata: Metadata = {
  title: { default: 'Hoplab', template: '%s · Hoplab' },
  description: 'Kubernetes networking, hop by hop: lessons beside live terminals on real machines made of namespaces.',
};
export const viewport: Viewport = { colorScheme: 'light dark', viewportFit: 'cover' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [language, jar] = await Promise.all([requestLanguage(), cookies()]);
  const theme = readTheme(jar.get(THEME_COOKIE)?.value);
  return (
    // The page itself may set lang and data-theme anew before React looks (language-provider, theme-toggle).
    <html lang={language} data-theme={theme === 'system' ? undefined : theme} suppressHydrationWarning>
      <body>{children}</body>
    </html>
  );
}
