'use client';
import { useEffect, useRef } from 'react';
import { useText } from '../_languages/language-provider.tsx';

type CommandEditorProps = { node: string; text: string; onChange(text: string): void; onRun(): void; onLeave(): void };

/** Edits a command in place. Enter runs a command of one line; with several lines it is a line break, and Ctrl-Enter runs. */
export function CommandEditor({ node, text, onChange, onRun, onLeave }: CommandEditorProps) {
  const t = useText();
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
  }, []);
  return (
    <div>
      <textarea
        ref={area}
        value={text}
        rows={text.split('\n').length}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-label={t('command.editing', { node })}
        className="block w-full resize-y bg-bg px-3 py-2.5 font-mono text-sm leading-relaxed"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onLeave();
          // While a syllable is being composed, Enter belongs to the input method.
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          if (event.ctrlKey || event.metaKey || (!text.includes('\n') && !event.shiftKey)) {
            event.preventDefault();
            onRun();
          }
        }}
      />
      <p className="border-line border-t px-3 py-1 text-muted text-xs">{t('command.keys')}</p>
    </div>
  );
}
