'use client';
import { useLab } from '../_lab/lab-provider.tsx';
import { stepVerdict } from '../_lab/lab-state.ts';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from './icons.tsx';
import { useStep } from './lesson-context.tsx';

/** How far a step is: `reached` is for good, `now` is what its checks come to at the moment. */
export function useStepStatus(id: string) {
  const { checks } = useStep(id);
  const reached = useLab((s) => s.reached.includes(id));
  const now = useLab((s) => stepVerdict(s, id, checks));
  return { reached, now, checked: checks.length > 0 };
}

/** "Reached" and beside it whether it is true at the moment: the two can differ after a reset. */
export function StepStatus({ step }: { step: string }) {
  const t = useText();
  const { reached, now, checked } = useStepStatus(step);
  if (!checked) return null;
  return (
    <span data-testid="step-status" data-reached={reached} data-now={now} className="flex items-center gap-2">
      {reached && (
        <span className="inline-flex items-center gap-1 font-medium text-good">
          <Icon name="check" />
          {t('step.reached')}
        </span>
      )}
      {!reached && now !== 'met' && <span>{t('step.todo')}</span>}
      {now === 'met' && (
        <span className="rounded-full bg-good-soft px-2 text-good text-xs leading-5">{t('step.trueNow')}</span>
      )}
      {reached && now !== undefined && now !== 'met' && (
        <span className="rounded-full border border-line px-2 text-muted text-xs leading-5">{t('step.notNow')}</span>
      )}
    </span>
  );
}

/** The sign of a step in lists: a filled mark when reached, an open ring when not; a ring in the ring when true now. */
export function StepMark({ step, current }: { step: string; current: boolean }) {
  const { reached, now } = useStepStatus(step);
  const tone = reached ? 'border-good bg-good' : current ? 'border-accent' : 'border-line-strong';
  return (
    <span
      className={`inline-flex size-4 shrink-0 items-center justify-center rounded-full border-[1.5px] text-surface ${tone} ${
        now === 'met' ? 'ring-2 ring-good/30' : ''
      }`}
    >
      {reached && <Icon name="check" className="size-3" />}
    </span>
  );
}
