'use client';
import { useState } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from './icons.tsx';
import { nextTheme, rememberTheme, type Theme } from './theme.ts';

export type { Theme };

const icons = { system: 'half', light: 'sun', dark: 'moon' } as const;

/** System, light, dark, in turn. */
export function ThemeToggle({ theme: first }: { theme: Theme }) {
  const t = useText();
  const [theme, setTheme] = useState(first);
  const name = `${t('app.theme')}: ${t(`app.theme.${theme}`)}`;
  return (
    <button
      type="button"
      className="button button-quiet px-2"
      aria-label={name}
      title={name}
      onClick={() => {
        const next = nextTheme(theme);
        setTheme(next);
        rememberTheme(next);
      }}
    >
      <Icon name={icons[theme]} />
    </button>
  );
}
