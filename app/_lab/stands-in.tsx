'use client';
import { useEffect, useId, useRef, useState } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from '../_reader/icons.tsx';
import { useLesson } from '../_reader/lesson-context.tsx';
import { useLab } from './lab-provider.tsx';

/** What in this lab stands for something else, told to whoever asks: nothing here pretends to be what it is not. */
export function StandsIn() {
  const t = useText();
  const id = useId();
  const lab = useLab((s) => s.lab);
  const { standsIn = lab?.standsIn ?? [] } = useLesson();
  const [open, setOpen] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  if (!lab || standsIn.length === 0) return null;
  return (
    <>
      <button
        type="button"
        className="button button-quiet"
        title={t('lab.standsIn')}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="info" />
        <span className="@max-3xl:sr-only">{t('lab.standsIn')}</span>
      </button>
      <dialog ref={dialog} onClose={() => setOpen(false)} aria-labelledby={id} className="dialog">
        {open && (
          <>
            <h2 id={id} className="font-semibold text-lg">
              {t('lab.standsIn')}
            </h2>
            <ul className="mt-3 list-disc space-y-2 pl-5 text-[0.9375rem] leading-relaxed">
              {standsIn.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <div className="mt-6 flex justify-end">
              <button type="button" className="button" onClick={() => setOpen(false)}>
                {t('app.close')}
              </button>
            </div>
          </>
        )}
      </dialog>
    </>
  );
}
