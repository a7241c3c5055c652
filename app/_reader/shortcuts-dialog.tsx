'use client';
import { useEffect, useRef } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import { type ShortcutAction, shortcuts } from './shortcuts.ts';

type ShortcutsDialogProps = { open: boolean; onClose(): void };

/** The list behind `?`. The way out of the terminal is the terminal's own key and is named here too. */
export function ShortcutsDialog({ open, onClose }: ShortcutsDialogProps) {
  const t = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const rows = Object.entries(shortcuts) as [ShortcutAction, readonly string[]][];
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="shortcuts-title" className="dialog">
      {open && (
        <>
          <h2 id="shortcuts-title" className="font-semibold text-lg">
            {t('keys.title')}
          </h2>
          <dl className="mt-4 grid grid-cols-[auto_1fr] items-baseline gap-x-5 gap-y-2 text-sm">
            {rows.map(([action, keys]) => (
              <Row key={action} keys={keys} text={t(`keys.${action}`)} />
            ))}
            <Row keys={['F6']} text={t('keys.leave')} />
          </dl>
          <p className="mt-4 text-muted text-sm">{t('keys.note')}</p>
          <div className="mt-5 flex justify-end">
            <button type="button" className="button" onClick={onClose}>
              {t('app.close')}
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}

function Row({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <>
      <dt className="flex gap-1">
        {keys.map((key) => (
          <kbd
            key={key}
            className="min-w-6 rounded border border-line bg-sunken px-1.5 text-center font-mono text-xs leading-5"
          >
            {key}
          </kbd>
        ))}
      </dt>
      <dd>{text}</dd>
    </>
  );
}
