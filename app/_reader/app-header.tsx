'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import { LanguageToggle } from '../_languages/language-toggle.tsx';
import { Icon } from './icons.tsx';
import { type Theme, ThemeToggle } from './theme-toggle.tsx';

type AppHeaderProps = { theme: Theme; onHelp?(): void; children?: ReactNode };

/** The bar at the top of every page: home, where one is, language and colours. */
export function AppHeader({ theme, onHelp, children }: AppHeaderProps) {
  const t = useText();
  return (
    <>
      <a href="#text-main" className="skip-link button button-primary">
        {t('app.skip')}
      </a>
      <header className="flex min-h-12 shrink-0 items-center gap-3 border-line border-b bg-surface px-3 sm:px-5">
        <Link
          href="/"
          aria-label={`Hoplab, ${t('app.home')}`}
          className="flex items-center gap-2 font-semibold tracking-tight"
        >
          <Logo />
          <span className="max-sm:sr-only">Hoplab</span>
        </Link>
        <div className="min-w-0 flex-1 truncate text-muted text-sm">{children}</div>
        {onHelp && (
          <button
            type="button"
            className="button button-quiet px-2 max-md:hidden"
            aria-label={t('keys.open')}
            title={`${t('keys.open')} (?)`}
            onClick={onHelp}
          >
            <Icon name="keyboard" className="size-5" />
          </button>
        )}
        <LanguageToggle />
        <ThemeToggle theme={theme} />
      </header>
    </>
  );
}

/** Three hops. */
function Logo() {
  return (
    <svg viewBox="0 0 28 16" aria-hidden="true" className="h-4 w-7 text-accent">
      <path
        d="M3 12C4 3 12 3 13.5 12C15 3 23 3 25 12"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <circle cx="3" cy="12.5" r="2.5" fill="currentColor" />
      <circle cx="13.75" cy="12.5" r="2.5" fill="currentColor" />
      <circle cx="25" cy="12.5" r="2.5" fill="currentColor" />
    </svg>
  );
}
