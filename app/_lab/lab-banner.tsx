'use client';
import { useLanguage, useText } from '../_languages/language-provider.tsx';
import { useLab, useLabActions } from './lab-provider.tsx';
import { timeLeft } from './time-left.ts';
import { useNow } from './use-now.ts';

/** Thin lines above the lab for what passes: a lost connection, a warning, an error while the lab goes on. */
export function LabBanner() {
  const t = useText();
  const away = useLab((s) => s.link === 'reconnecting');
  return (
    <div aria-live="polite" className="shrink-0">
      {away && (
        <p
          data-testid="reconnecting"
          className="flex items-center gap-2 border-line border-b bg-warn-soft px-3 py-1 text-sm text-warn"
        >
          <span className="pulse size-2 rounded-full bg-warn" aria-hidden="true" />
          {t('lab.reconnecting')}
        </p>
      )}
      <Warning />
      <Passing />
    </div>
  );
}

function Warning() {
  const t = useText();
  const language = useLanguage();
  const warning = useLab((s) => s.warning);
  const extensions = useLab((s) => s.lab?.extensionsLeft ?? 0);
  const now = useNow(1000);
  const { extend, dismiss, active } = useLabActions();
  if (!warning || now === undefined) return null;
  const expiry = warning.reason === 'expiry';
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-warn-soft px-3 py-1.5 text-sm text-warn">
      {/* The seconds run silently; what is announced is the warning itself. */}
      <span aria-live="off">{t(`lab.warning.${warning.reason}`, { time: timeLeft(warning.at - now, language) })}</span>
      {expiry && extensions > 0 && (
        <button type="button" className="button" onClick={extend}>
          {t('lab.extend')}
        </button>
      )}
      {!expiry && (
        <button
          type="button"
          className="button"
          onClick={() => {
            active();
            dismiss();
          }}
        >
          {t('lab.warning.stay')}
        </button>
      )}
    </div>
  );
}

function Passing() {
  const t = useText();
  const error = useLab((s) => (s.stage === 'ready' ? s.error : undefined));
  const { dismiss } = useLabActions();
  if (!error) return null;
  return (
    <div role="alert" className="flex items-start gap-3 border-line border-b bg-bad-soft px-3 py-1.5 text-bad text-sm">
      <p className="min-w-0 flex-1">
        {error.message} {error.hint}
      </p>
      <button type="button" className="button" onClick={dismiss}>
        {t('lab.dismiss')}
      </button>
    </div>
  );
}
