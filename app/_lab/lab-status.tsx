'use client';
import { useState } from 'react';
import { useLanguage, useText } from '../_languages/language-provider.tsx';
import { ConfirmDialog } from '../_reader/confirm-dialog.tsx';
import { Icon } from '../_reader/icons.tsx';
import { ClusterReady } from './cluster-status.tsx';
import { useLab, useLabActions } from './lab-provider.tsx';
import type { LabState } from './lab-state.ts';
import { StandsIn } from './stands-in.tsx';
import { timeLeft } from './time-left.ts';
import { useNow } from './use-now.ts';

type LabStatusProps = { picture: boolean; onPicture(): void };

/** One line: how the lab is, how long it lives, and what can be done with it. */
export function LabStatus({ picture, onPicture }: LabStatusProps) {
  const t = useText();
  return (
    <div
      role="toolbar"
      aria-label={t('lab.status')}
      className="@container flex min-h-11 shrink-0 flex-wrap items-center gap-x-1 border-line border-b bg-surface px-3 py-1 text-sm"
    >
      <Phase />
      <ClusterReady />
      <TimeLeft />
      <span className="ml-auto flex items-center @max-md:gap-0 gap-1 @max-md:[&_.button]:px-2">
        <StandsIn />
        <button type="button" className="button button-quiet" aria-pressed={picture} onClick={onPicture}>
          <Icon name="picture" />
          <span className="@max-md:sr-only">{t('topology.show')}</span>
        </button>
        <ResetButton />
      </span>
    </div>
  );
}

function phaseOf(s: LabState): {
  text: 'connecting' | 'preparing' | 'building' | 'ready' | 'frozen' | 'closing' | 'gone' | 'failed';
  tone: string;
} {
  if (s.stage === 'gone') return { text: 'gone', tone: 'bg-line-strong' };
  if (s.stage === 'failed') return { text: 'failed', tone: 'bg-bad' };
  if (s.stage === 'preparing') {
    return s.preparation?.state === 'failed'
      ? { text: 'failed', tone: 'bg-bad' }
      : { text: 'preparing', tone: 'bg-accent pulse' };
  }
  if (s.stage === 'building' || s.stage === 'bringing') return { text: 'building', tone: 'bg-accent pulse' };
  if (!s.lab) return { text: 'connecting', tone: 'bg-line-strong pulse' };
  if (s.lab.phase === 'frozen') return { text: 'frozen', tone: 'border border-accent' };
  if (s.lab.phase === 'closing') return { text: 'closing', tone: 'bg-line-strong' };
  return { text: 'ready', tone: 'bg-good' };
}

function Phase() {
  const t = useText();
  const text = useLab((s) => phaseOf(s).text);
  const tone = useLab((s) => phaseOf(s).tone);
  const built = useLab((s) => s.lab?.buildMs);
  return (
    <span
      role="status"
      data-testid="lab-status"
      data-phase={text}
      title={built === undefined ? undefined : t('lab.built', { ms: Math.round(built) })}
      className="@max-md:mr-1 mr-3 inline-flex items-center gap-2 font-medium"
    >
      <span className={`size-2 rounded-full ${tone}`} aria-hidden="true" />
      {t(`lab.${text}`)}
    </span>
  );
}

function TimeLeft() {
  const t = useText();
  const language = useLanguage();
  const now = useNow(10_000);
  const lab = useLab((s) => s.lab);
  const open = useLab((s) => s.link === 'open');
  const { extend } = useLabActions();
  if (!lab || now === undefined) return null;
  const until = new Date(lab.expiresAt).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
  return (
    <>
      <span className="inline-flex items-center gap-1.5 text-muted" title={t('lab.left.hint', { time: until })}>
        <Icon name="clock" className="@max-md:hidden size-4" />
        {t('lab.left', { time: timeLeft(lab.expiresAt - now, language) })}
      </span>
      {lab.extensionsLeft > 0 && (
        <button type="button" className="button button-quiet @max-md:px-2" disabled={!open} onClick={extend}>
          {t('lab.extend')}
        </button>
      )}
    </>
  );
}

function ResetButton() {
  const t = useText();
  const [asking, setAsking] = useState(false);
  const { reset } = useLabActions();
  const able = useLab((s) => s.stage === 'ready' && s.link === 'open');
  return (
    <>
      <button type="button" className="button button-quiet" disabled={!able} onClick={() => setAsking(true)}>
        <Icon name="reset" />
        <span className="@max-md:sr-only">{t('lab.reset')}</span>
      </button>
      <ConfirmDialog
        open={asking}
        danger
        title={t('lab.reset.confirm')}
        action={t('lab.reset.go')}
        onClose={() => setAsking(false)}
        onConfirm={reset}
      >
        {t('lab.reset.lost')}
      </ConfirmDialog>
    </>
  );
}
