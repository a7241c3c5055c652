'use client';
import { useText } from '../_languages/language-provider.tsx';

export function CalloutTitle({ kind }: { kind: 'note' | 'tip' | 'warning' }) {
  return useText()(`callout.${kind}`);
}
