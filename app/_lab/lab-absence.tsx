'use client';
import { useText } from '../_languages/language-provider.tsx';
import type { TextKey } from '../_languages/translate.ts';
import { InlineMarkdown } from '../_reader/inline-markdown.tsx';
import { Centered } from './centered.tsx';
import { ClusterSteps } from './cluster-steps.tsx';
import { useLab, useLabActions } from './lab-provider.tsx';
import { Preparing } from './preparing.tsx';

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
  const { start } = useLabActions();
  switch (stage) {
    case 'ready':
      return null;
    case 'waiting':
      return <Centered title={t('lab.connecting')} busy />;
    case 'preparing':
      return <Preparing />;
    case 'building':
      return (
        <Centered title={t('lab.building')} busy>
          {t('lab.building.hint')}
        </Centered>
      );
    case 'bringing':
      return <Bringing />;
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

/** A fresh lab, its cluster if it has one, then the earlier solutions one after another. */
function Bringing() {
  const t = useText();
  const bringing = useLab((s) => s.bringing);
  const { done = 0, of = 0, cluster } = bringing ?? {};
  const waits = cluster?.some(({ reached }) => !reached);
  return (
    <Centered title={t('lab.building')} busy={of === 0 || waits} part={of > 0 && !waits ? done / of : undefined}>
      {of > 0 && !waits ? t('step.bringing', { done, of }) : t(waits ? 'cluster.waiting' : 'lab.building.hint')}
      {waits && (
        <div className="mt-4 text-left">
          <ClusterSteps steps={cluster ?? []} />
        </div>
      )}
    </Centered>
  );
}

function StartButton({ onClick, label }: { onClick(): boolean; label: string }) {
  return (
    <button type="button" data-testid="lab-start" className="button button-primary" onClick={onClick}>
      {label}
    </button>
  );
}
