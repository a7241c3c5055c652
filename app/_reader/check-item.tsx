'use client';
import { useState } from 'react';
import type { Verdict } from '../../lab-agent/contract/verdict.ts';
import { useText } from '../_languages/language-provider.tsx';
import { Icon } from './icons.tsx';
import { InlineMarkdown } from './inline-markdown.tsx';

type CheckItemProps = { verdict: Verdict; miss: string | undefined; calm: boolean };

/** One expectation. Met is one line; not met says what was found instead; broken says why nobody could look. */
export function CheckItem({ verdict, miss, calm }: CheckItemProps) {
  const t = useText();
  const [asked, setAsked] = useState(false);
  if (verdict.verdict === 'met') {
    return (
      <li data-verdict="met" className="flex gap-3 px-4 py-2.5">
        <Icon name="check" className="mt-1 size-4 text-good" />
        <span>
          <span className="sr-only">{t('check.met')}: </span>
          {verdict.expected}
        </span>
      </li>
    );
  }
  const broken = verdict.verdict === 'broken';
  const quiet = calm && !asked && !broken;
  const tone = broken ? 'bg-bad-soft text-bad' : quiet ? 'text-muted' : 'text-warn';
  return (
    <li data-verdict={verdict.verdict} className={`px-4 py-2.5 ${broken ? 'bg-bad-soft' : ''}`}>
      <div className="flex gap-3">
        <Icon name={broken ? 'alert' : 'circle'} className={`mt-1 size-4 ${tone}`} />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span>{verdict.expected}</span>
            <span className={`text-xs ${tone}`}>
              {t(broken ? 'check.broken' : quiet ? 'check.notYet' : 'check.notMet')}
            </span>
          </p>
          {quiet ? (
            <button
              type="button"
              className="mt-0.5 text-muted text-xs underline underline-offset-2"
              onClick={() => setAsked(true)}
            >
              {t('check.details')}
            </button>
          ) : (
            <Findings verdict={verdict} miss={miss} />
          )}
        </div>
      </div>
    </li>
  );
}

function Findings({ verdict, miss }: { verdict: Exclude<Verdict, { verdict: 'met' }>; miss: string | undefined }) {
  const t = useText();
  const rows =
    verdict.verdict === 'broken'
      ? [[t('check.why'), verdict.why] as const]
      : ([
          [t('check.observed'), verdict.observed],
          [t('check.nearest'), verdict.nearest],
        ] as const);
  return (
    <>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
        {rows.map(([name, value]) =>
          value ? (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="wrap-anywhere whitespace-pre-wrap">{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {miss && (
        <p className="mt-1.5 border-warn border-l-2 pl-2.5 text-sm">
          <InlineMarkdown text={miss} />
        </p>
      )}
    </>
  );
}
