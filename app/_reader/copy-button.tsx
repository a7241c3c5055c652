'use client';
import { useState } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from './icons.tsx';

/** How long "copied" is shown. */
const SHOWN_MS = 1500;

export function CopyButton({ text }: { text: string }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <button type="button" className="button button-quiet" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">{t(copied ? 'command.copied' : 'command.copy')}</span>
    </button>
  );
}
