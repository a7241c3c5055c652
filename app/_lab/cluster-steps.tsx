'use client';
import type { ClusterStep } from '../../lab-agent/contract/lab.ts';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from '../_reader/icons.tsx';
import { seconds } from './cluster-progress.ts';

type ClusterStepsProps = {
  steps: readonly ClusterStep[];
  /** Leaves out what was seen of the steps that are reached. */
  brief?: boolean;
};

/** What a cluster reaches one after another, each with what was seen of it last. */
export function ClusterSteps({ steps, brief }: ClusterStepsProps) {
  const t = useText();
  const next = steps.find(({ reached }) => !reached);
  return (
    <ol className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-x-4 gap-y-2">
      {steps.map((step) => (
        <li
          key={step.id}
          data-testid={`cluster-${step.id}`}
          data-reached={step.reached}
          className="flex min-w-0 items-start gap-2 text-sm"
        >
          <Mark reached={step.reached} now={step === next} />
          <span className="min-w-0">
            <span className={step.reached || step === next ? 'font-medium text-ink' : 'text-muted'}>
              {t(`cluster.step.${step.id}`)}
            </span>
            {step.reached && step.afterMs !== undefined && (
              <span className="ml-1.5 whitespace-nowrap text-muted text-xs tabular-nums">{seconds(step.afterMs)}</span>
            )}
            {!(brief && step.reached) && (
              <span title={step.observed} className="wrap-anywhere line-clamp-2 text-muted text-xs leading-snug">
                {step.observed}
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Mark({ reached, now }: { reached: boolean; now: boolean }) {
  const t = useText();
  if (reached) {
    return (
      <span className="mt-0.5 text-good">
        <Icon name="check" />
        <span className="sr-only">{t('step.reached')}: </span>
      </span>
    );
  }
  return (
    <span className="mt-0.5 grid size-4 shrink-0 place-items-center">
      <span className={`size-2 rounded-full ${now ? 'pulse bg-accent' : 'border border-line-strong'}`} />
    </span>
  );
}
