'use client';
import type { ReactNode } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import type { TextKey } from '../_languages/translate.ts';
import { InlineMarkdown } from '../_reader/inline-markdown.tsx';
import { useLab, useLabActions } from './lab-provider.tsx';

const REASONS: Record<string, TextKey> = {
  expired: 'lab.gone.expired',
  idle: 'lab.gone.idle',
  destroyed: 'lab.gone.destroyed',
  crashed: 'lab.gone.crashed',
  reset: 'lab.gone.reset',
};

/** Stands where the terminals would be while there is no lab: why, and what to do. Nothing when there is one. */
export function LabAbsence() {
  const t = useText();
  const stage = useLab((s) => s.stage);
  const gone = useLab((s) => s.gone);
  const error = useLab((s) => s.error);
  const bringing = useLab((s) => s.bringing);
  const { start } = useLabActions();
  switch (stage) {
    case 'ready':
      return null;
    case 'waiting':
      return <Centered title={t('lab.connecting')} busy />;
    case 'building':
      return (
        <Centered title={t('lab.building')} busy>
          {t('lab.building.hint')}
        </Centered>
      );
    case 'bringing':
      return (
        <Centered
          title={t('lab.building')}
          busy={!bringing?.of}
          part={bringing?.of ? bringing.done / bringing.of : undefined}
        >
          {bringing?.of ? t('step.bringing', { done: bringing.done, of: bringing.of }) : t('lab.building.hint')}
        </Centered>
      );
    case 'gone':
      return (
        <Centered title={t('lab.gone')} action={<StartButton onClick={start} label={t('lab.start')} />}>
          {REASONS[gone ?? ''] ? t(REASONS[gone ?? ''] as TextKey) : gone} {t('lab.gone.hint')}
        </Centered>
      );
    case 'failed':
      return (
        <Centered title={t('lab.failed')} action={<StartButton onClick={start} label={t('app.retry')} />}>
          <span role="alert" className="block whitespace-pre-line text-ink">
            {error?.message}
          </span>
          {error?.hint && (
            <span className="mt-2 block whitespace-pre-line">
              <InlineMarkdown text={error.hint} />
            </span>
          )}
        </Centered>
      );
  }
}

function StartButton({ onClick, label }: { onClick(): boolean; label: string }) {
  return (
    <button type="button" data-testid="lab-start" className="button button-primary" onClick={onClick}>
      {label}
    </button>
  );
}

type CenteredProps = {
  title: string;
  busy?: boolean;
  /** How much is done, 0 to 1. */
  part?: number | undefined;
  action?: ReactNode;
  children?: ReactNode;
};

function Centered({ title, busy, part, action, children }: CenteredProps) {
  return (
    <div className="absolute inset-0 z-10 grid place-items-center overflow-auto bg-bg p-6">
      <div className="max-w-sm text-center">
        <p className="font-medium">{title}</p>
        {busy && <div aria-hidden="true" className="busy-line mx-auto mt-4 h-1 w-40 rounded-full bg-line" />}
        {part !== undefined && (
          <progress
            className="mx-auto mt-4 block h-1 w-40 appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
            aria-label={title}
            value={part}
            max={1}
          />
        )}
        {children && <div className="mt-3 text-muted text-sm leading-relaxed">{children}</div>}
        {action && <div className="mt-5">{action}</div>}
      </div>
    </div>
  );
}
