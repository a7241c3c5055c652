'use client';
import { useState } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import type { SolutionProps } from '../_lessons/types.ts';
import { CommandBlock } from './command-block.tsx';
import { fetchSolution, type Told } from './lesson-api.ts';
import { useLesson } from './lesson-context.tsx';

type State = { at: 'closed' | 'asking' | 'loading' } | { at: 'open'; script: string } | { at: 'failed'; error: Told };

/** The solution is not on the page: it is fetched when asked for, after a gentle question. */
export function Solution({ step, index, node }: SolutionProps) {
  const t = useText();
  const { course, lesson } = useLesson();
  const [state, setState] = useState<State>({ at: 'closed' });
  const open = async () => {
    setState({ at: 'loading' });
    const answer = await fetchSolution({ course, lesson, step, index });
    setState(answer.ok ? { at: 'open', script: answer.value.script } : { at: 'failed', error: answer.error });
  };
  if (state.at === 'open') {
    return (
      <div className="acting">
        <p className="mb-1.5 font-medium text-muted text-sm">{t('solution.title')}</p>
        <CommandBlock node={node} command={state.script.trimEnd()} />
      </div>
    );
  }
  if (state.at === 'asking' || state.at === 'loading') {
    return (
      <div className="acting rounded-lg border border-line bg-surface px-4 py-3">
        <p>{t('solution.confirm')}</p>
        <div className="mt-3 flex gap-2">
          <button type="button" className="button" disabled={state.at === 'loading'} onClick={() => void open()}>
            {t(state.at === 'loading' ? 'app.loading' : 'solution.show')}
          </button>
          <button type="button" className="button button-quiet" onClick={() => setState({ at: 'closed' })}>
            {t('solution.not')}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="acting flex flex-wrap items-center gap-3">
      <button type="button" className="button button-quiet -ml-3" onClick={() => setState({ at: 'asking' })}>
        {t('solution.open')}
      </button>
      {state.at === 'failed' && (
        <p role="alert" className="text-bad text-sm">
          {t('solution.failed')}: {state.error.message} {state.error.hint}
        </p>
      )}
    </div>
  );
}
