'use client';
import type { Preparation } from '../../lab-agent/contract/agent-api.ts';
import { useText } from '../_languages/language-provider.tsx';
import type { Translate } from '../_languages/translate.ts';
import { InlineMarkdown } from '../_reader/inline-markdown.tsx';
import { Centered } from './centered.tsx';
import { useLab, useLabActions } from './lab-provider.tsx';

/** What labs with this cluster need is being made, which takes minutes, once on a machine: how far it is, and what to do. */
export function Preparing() {
  const t = useText();
  const preparation = useLab((s) => s.preparation);
  const { start } = useLabActions();
  if (!preparation) return null;
  if (preparation.state === 'failed') {
    return (
      <Centered
        title={t('prepare.failed')}
        action={
          <button type="button" data-testid="lab-start" className="button button-primary" onClick={start}>
            {t('app.retry')}
          </button>
        }
      >
        <Problem text={preparation.problem ?? preparation.stage} />
        <span className="mt-2 block">{t('prepare.failed.hint')}</span>
      </Centered>
    );
  }
  return (
    <Centered title={t('prepare.title')} part={preparation.fraction}>
      <span data-testid="preparing" data-state={preparation.state} className="block text-ink tabular-nums">
        {progressText(preparation, t)}
      </span>
      {preparation.stage && <span className="mt-1 block font-mono text-xs">{preparation.stage}</span>}
      <span className="mt-3 block">{t('prepare.hint')}</span>
      <span role="status" className="sr-only">
        {progressText({ ...preparation, fraction: Math.floor(preparation.fraction * 4) / 4 }, t)} {t('prepare.hint')}
      </span>
    </Centered>
  );
}

/** Beyond this a problem holds what a program said, line by line. */
const LONG_PROBLEM = 400;

function Problem({ text }: { text: string }) {
  const long = text.length > LONG_PROBLEM;
  return (
    <span
      role="alert"
      data-testid="preparing"
      data-state="failed"
      className={
        long
          ? 'wrap-anywhere block max-h-56 overflow-auto whitespace-pre-wrap rounded-lg border border-line bg-surface p-3 text-left font-mono text-ink text-xs'
          : 'block whitespace-pre-line text-ink'
      }
    >
      {long ? text : <InlineMarkdown text={text} />}
    </span>
  );
}

/** A listener hears of every quarter, a reader of every hundredth. */
function progressText({ state, fraction }: Preparation, t: Translate): string {
  const percent = Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
  return t(state === 'image' ? 'prepare.image' : 'prepare.template', { percent });
}
