'use client';
import { useEffect, useRef, useState } from 'react';
import { useLab } from '../_lab/lab-provider.tsx';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from './icons.tsx';
import { useLesson } from './lesson-context.tsx';
import { StepMark, StepStatus, useStepStatus } from './step-status.tsx';

/** The bar above the text: one mark per step, where one is, and the list of steps behind it. */
export function LessonOutline({ current }: { current: string | undefined }) {
  const t = useText();
  const { steps } = useLesson();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const reached = useLab((s) => steps.filter((step) => s.reached.includes(step.id)).length);
  const index = Math.max(
    0,
    steps.findIndex((s) => s.id === current),
  );
  const step = steps[index];

  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [open]);

  return (
    <nav
      ref={box}
      aria-label={t('lesson.outline')}
      className="relative z-20 shrink-0 border-line border-b bg-bg"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <div className="flex min-h-11 items-center gap-2 px-3 sm:px-5">
        <button
          ref={button}
          type="button"
          aria-expanded={open}
          aria-controls="outline"
          className="button button-quiet -ml-2.5 min-w-0"
          onClick={() => setOpen(!open)}
        >
          <span className="shrink-0 tabular-nums">
            {index + 1}/{steps.length}
          </span>
          <span className="truncate font-medium text-ink">{step?.title}</span>
          <Icon name="down" />
        </button>
        <span className="ml-auto flex shrink-0 items-center gap-1">
          <StepArrow icon="left" label={t('step.previous')} to={steps[index - 1]?.id} />
          <StepArrow icon="right" label={t('step.next')} to={steps[index + 1]?.id} />
        </span>
      </div>
      <div
        className="flex gap-0.5 px-3 pb-1.5 sm:px-5"
        role="img"
        aria-label={t('course.progress', { reached, all: steps.length })}
      >
        {steps.map((s) => (
          <Segment key={s.id} id={s.id} current={s.id === current} />
        ))}
      </div>
      <ol
        id="outline"
        hidden={!open}
        className="absolute inset-x-2 top-full max-h-[70vh] max-w-md overflow-y-auto rounded-b-lg border border-line bg-surface py-2 shadow-lg"
      >
        {steps.map((s) => (
          <li key={s.id}>
            <a
              href={`#${s.id}`}
              aria-current={s.id === current ? 'step' : undefined}
              className="flex items-baseline gap-3 px-4 py-1.5 text-sm hover:bg-sunken aria-[current]:bg-accent-soft"
              onClick={() => setOpen(false)}
            >
              <span className="translate-y-0.5">
                <StepMark step={s.id} current={s.id === current} />
              </span>
              <span className="min-w-0 flex-1">{s.title}</span>
              <span className="text-muted text-xs">
                <StepStatus step={s.id} />
              </span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function StepArrow({ icon, label, to }: { icon: 'left' | 'right'; label: string; to: string | undefined }) {
  if (!to)
    return (
      <span className="inline-flex size-8 items-center justify-center text-line-strong/50">
        <Icon name={icon} />
      </span>
    );
  return (
    <a
      href={`#${to}`}
      aria-label={label}
      title={label}
      className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
    >
      <Icon name={icon} />
    </a>
  );
}

function Segment({ id, current }: { id: string; current: boolean }) {
  const { reached, now } = useStepStatus(id);
  const tone = reached || now === 'met' ? 'bg-good' : current ? 'bg-accent' : 'bg-line';
  return (
    <span className={`h-1 flex-1 rounded-full transition-colors duration-500 ${tone} ${current ? '' : 'opacity-80'}`} />
  );
}
