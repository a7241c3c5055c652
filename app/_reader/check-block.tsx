'use client';
import { useEffect, useState } from 'react';
import { useLab, useLabActions } from '../_lab/lab-provider.tsx';
import { checkKey } from '../_lab/lab-state.ts';
import type { ShownCheck } from '../_lab/wire.ts';
import { useLanguage, useText } from '../_languages/language-provider.tsx';
import type { CheckBlockProps } from '../_lessons/types.ts';
import { CheckItem } from './check-item.tsx';
import { Icon } from './icons.tsx';
import { useStep } from './lesson-context.tsx';

const frames = { met: 'border-good/50', 'not-met': 'border-line', broken: 'border-bad/50 border-dashed' } as const;

/** What the lab should come to, and what it comes to now. */
export function CheckBlock({ step, id, count, keep }: CheckBlockProps) {
  const t = useText();
  const result = useLab((s) => s.checks[checkKey(step, id)]);
  const calm = useCalm(result);
  const first = useStep(step).checks[0] === id;
  return (
    <div
      data-testid={`check-${id}`}
      data-verdict={result?.verdict}
      className={`acting overflow-hidden rounded-lg border bg-surface ${frames[result?.verdict ?? 'not-met']}`}
    >
      <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-1.5">
        <span className="font-medium">{t('check.title')}</span>
        {keep && (
          <span className="rounded-full border border-line px-2 text-muted text-xs leading-5">{t('check.guard')}</span>
        )}
        {result && <CheckTime result={result} />}
        {first && <CheckButton step={step} />}
      </div>
      <ul className="divide-y divide-line">
        {result
          ? result.items.map((item, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the items of a check have their order and nothing else
              <CheckItem key={i} verdict={item.verdict} miss={item.miss} calm={calm} />
            ))
          : Array.from({ length: Math.max(1, count) }, (_, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: places for items that have not come yet
              <li key={i} className="flex items-center gap-3 px-4 py-2.5 text-muted">
                <Icon name="circle" />
                {i === 0 ? t('check.waiting') : '…'}
              </li>
            ))}
      </ul>
    </div>
  );
}

/**
 * Before anybody has worked on a step, its checks are not wrong but merely not yet true: they stay grey until something was
 * done (the kernel changed, a command ended, the button was pressed), and do not fall back to grey after a reload mid-work.
 */
function useCalm(result: ShownCheck | undefined): boolean {
  const [worked, setWorked] = useState(false);
  const cause = result?.cause;
  useEffect(() => {
    if (cause === undefined) setWorked(false);
    else if (cause !== 'first') setWorked(true);
  }, [cause]);
  return !worked && (cause === undefined || cause === 'first');
}

function CheckTime({ result }: { result: ShownCheck }) {
  const t = useText();
  const language = useLanguage();
  const time = new Date(result.at).toLocaleTimeString(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return <span className="text-muted text-xs">{t('check.at', { cause: t(`check.cause.${result.cause}`), time })}</span>;
}

function CheckButton({ step }: { step: string }) {
  const t = useText();
  const { check } = useLabActions();
  const pending = useLab((s) => s.pending.includes(step));
  const ready = useLab((s) => s.stage === 'ready' && s.link === 'open');
  return (
    <button
      type="button"
      data-testid={`check-now-${step}`}
      className="button ml-auto"
      disabled={!ready || pending}
      aria-busy={pending}
      onClick={() => check(step)}
    >
      {pending && <Icon name="clock" className="pulse size-4" />}
      {t(pending ? 'check.checking' : 'check.now')}
    </button>
  );
}
