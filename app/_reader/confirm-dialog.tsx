'use client';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useText } from '../_languages/language-provider.tsx';

type ConfirmDialogProps = {
  open: boolean;
  title: string;
  action: string;
  /** What is lost makes the button red. */
  danger?: boolean;
  onConfirm(): void;
  onClose(): void;
  children: ReactNode;
};

/** Asks before something is lost. The safe answer has the focus; Escape is the safe answer too. */
export function ConfirmDialog({ open, title, action, danger, onConfirm, onClose, children }: ConfirmDialogProps) {
  const t = useText();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={id} className="dialog">
      {open && (
        <>
          <h2 id={id} className="font-semibold text-lg">
            {title}
          </h2>
          <div className="mt-3 text-[0.9375rem] text-muted leading-relaxed">{children}</div>
          <div className="mt-6 flex justify-end gap-2">
            {/* biome-ignore lint/a11y/noAutofocus: a dialog moves the focus into itself, here to the answer that loses nothing */}
            <button type="button" className="button" autoFocus onClick={onClose}>
              {t('app.cancel')}
            </button>
            <button
              type="button"
              className={`button ${danger ? 'button-danger' : 'button-primary'}`}
              onClick={() => {
                onClose();
                onConfirm();
              }}
            >
              {action}
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}
