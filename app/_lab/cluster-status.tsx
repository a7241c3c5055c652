'use client';
import { useRef } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import { clusterProgress, seconds } from './cluster-progress.ts';
import { ClusterSteps } from './cluster-steps.tsx';
import { useLab } from './lab-provider.tsx';

/** While the lab's cluster comes up: how far it is. Its terminals can be used meanwhile, so this takes a line or two and no more. */
export function ClusterStarting() {
  const t = useText();
  const steps = useLab((s) => (s.stage === 'ready' ? s.lab?.cluster : undefined));
  if (!steps) return null;
  const { done, of, ready, last } = clusterProgress(steps);
  return (
    <>
      <p role="status" className="sr-only">
        {ready && t('cluster.ready')}
        {!ready && last && t('cluster.announced', { done, of, step: t(`cluster.step.${last}`) })}
        {!ready && !last && t('cluster.starting')}
      </p>
      {!ready && (
        <section
          aria-label={t('cluster.title')}
          data-testid="cluster-starting"
          className="shrink-0 border-line border-b bg-surface px-3 py-2"
        >
          <ClusterSteps steps={steps} brief />
        </section>
      )}
    </>
  );
}

/** Once it is up: a word in the lab's status line, with how it came up behind it. */
export function ClusterReady() {
  const t = useText();
  const steps = useLab((s) => (s.stage === 'ready' ? s.lab?.cluster : undefined));
  const details = useRef<HTMLDetailsElement>(null);
  const { ready, readyAfterMs } = clusterProgress(steps ?? []);
  if (!steps || !ready) return null;
  const close = () => {
    if (details.current) details.current.open = false;
  };
  return (
    <details
      ref={details}
      className="relative"
      data-testid="cluster-ready"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        details.current?.querySelector('summary')?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary
        className="button button-quiet list-none @max-md:px-2"
        title={readyAfterMs === undefined ? undefined : t('cluster.readyAfter', { time: seconds(readyAfterMs) })}
      >
        {t('cluster.ready')}
      </summary>
      <div className="absolute top-full left-0 z-30 mt-1 w-72 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-surface p-3 shadow-lg">
        <ClusterSteps steps={steps} />
      </div>
    </details>
  );
}
