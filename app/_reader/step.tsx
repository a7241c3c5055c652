'use client';
import { useState } from 'react';
import { useLab, useLabActions } from '../_lab/lab-provider.tsx';
import { useText } from '../_languages/language-provider.tsx';
import type { StepProps } from '../_lessons/types.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Icon } from './icons.tsx';
import { useLesson } from './lesson-context.tsx';
import { StepStatus } from './step-status.tsx';

/** One section of the lesson: its heading with how far it is, the text, and the ways on. */
export function Step({ id, number, title, children }: StepProps) {
  const t = useText();
  return (
    <section id={id} data-step={id} aria-labelledby={`${id}-title`} className="border-line border-t pt-10 pb-6">
      <header className="mb-5">
        <div className="flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-1 text-muted text-sm">
          <span className="flex items-center gap-3">
            {t('step.number', { number })}
            <StepStatus step={id} />
          </span>
          <BringButton id={id} number={number} title={title} />
        </div>
        <h2 id={`${id}-title`} className="group mt-1 font-semibold text-2xl leading-snug tracking-tight">
          {title}
          <a
            href={`#${id}`}
            aria-label={t('step.link')}
            className="ml-2 inline-block align-middle text-muted opacity-0 focus:opacity-100 group-hover:opacity-100"
          >
            <Icon name="link" />
          </a>
        </h2>
      </header>
      <div className="step-body">{children}</div>
      <StepEnd id={id} />
    </section>
  );
}

function BringButton({ id, number, title }: { id: string; number: number; title: string }) {
  const t = useText();
  const [asking, setAsking] = useState(false);
  const { bring } = useLabActions();
  const stage = useLab((s) => s.stage);
  const open = useLab((s) => s.link === 'open');
  return (
    <>
      <button
        type="button"
        className="button button-quiet -mx-3"
        disabled={!open || stage === 'bringing' || stage === 'building'}
        onClick={() => setAsking(true)}
      >
        {t('step.bring')}
      </button>
      <ConfirmDialog
        open={asking}
        danger
        title={t('step.bring.confirm', { title })}
        action={t('step.bring.go')}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          bring(id);
          document.getElementById(id)?.scrollIntoView();
        }}
      >
        {t(number === 1 ? 'step.bring.first' : 'step.bring.lost')}
      </ConfirmDialog>
    </>
  );
}

/** Where to next: shown quietly at the end of each step, since the eye is there then. */
function StepEnd({ id }: { id: string }) {
  const t = useText();
  const { steps } = useLesson();
  const next = steps[steps.findIndex((s) => s.id === id) + 1];
  if (!next) return null;
  return (
    <p className="mt-6 text-sm">
      <a href={`#${next.id}`} className="inline-flex items-center gap-1">
        <span className="sr-only">{t('step.next')}: </span>
        {next.title}
        <Icon name="down" />
      </a>
    </p>
  );
}
