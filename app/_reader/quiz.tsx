'use client';
import { type FormEvent, useId, useState } from 'react';
import { useLanguage, useText } from '../_languages/language-provider.tsx';
import type { QuizProps } from '../_lessons/types.ts';
import { InlineMarkdown } from './inline-markdown.tsx';
import { answerQuiz, type Told } from './lesson-api.ts';
import { useLesson } from './lesson-context.tsx';

type State =
  | { at: 'open' | 'judging' | 'wrong' }
  | { at: 'right'; explain?: string | undefined }
  | { at: 'failed'; error: Told };

/** A question that the app judges; as many tries as one likes. */
export function Quiz({ step, id, options, many, children }: QuizProps) {
  const t = useText();
  const language = useLanguage();
  const { course, lesson } = useLesson();
  const [answers, setAnswers] = useState<string[]>([]);
  const [state, setState] = useState<State>({ at: 'open' });
  const question = useId();
  const done = state.at === 'right';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setState({ at: 'judging' });
    const answer = await answerQuiz({ course, lesson, step, quiz: id, lang: language, answer: answers });
    if (!answer.ok) setState({ at: 'failed', error: answer.error });
    else setState(answer.value.right ? { at: 'right', explain: answer.value.explain } : { at: 'wrong' });
  };
  const choose = (option: string, on: boolean) => {
    setState({ at: 'open' });
    setAnswers((old) => (many ? [...old.filter((o) => o !== option), ...(on ? [option] : [])] : [option]));
  };

  return (
    <form
      data-testid={`quiz-${id}`}
      className={`acting rounded-lg border bg-surface px-4 py-3 ${done ? 'border-good/50' : 'border-line'}`}
      onSubmit={(event) => void submit(event)}
    >
      <p className="mb-1 font-medium text-muted text-sm">
        {t('quiz.title')}
        {many && <span className="font-normal"> · {t('quiz.many')}</span>}
      </p>
      <div id={question} className="step-body">
        {children}
      </div>
      {options ? (
        <fieldset aria-labelledby={question} className="mt-3 grid gap-1">
          {options.map((option) => (
            <label
              key={option}
              className="flex items-baseline gap-2.5 rounded-md border border-transparent px-2 py-1 has-checked:border-line has-checked:bg-sunken"
            >
              <input
                type={many ? 'checkbox' : 'radio'}
                name={id}
                disabled={done}
                checked={answers.includes(option)}
                onChange={(event) => choose(option, event.target.checked)}
                className="translate-y-0.5 accent-(--accent)"
              />
              <span>
                <InlineMarkdown text={option} />
              </span>
            </label>
          ))}
        </fieldset>
      ) : (
        <input
          type="text"
          disabled={done}
          value={answers[0] ?? ''}
          aria-label={t('quiz.answer')}
          aria-describedby={question}
          autoComplete="off"
          spellCheck={false}
          className="mt-3 w-full max-w-sm rounded-md border border-line-strong bg-bg px-3 py-1.5"
          onChange={(event) => {
            setState({ at: 'open' });
            setAnswers([event.target.value]);
          }}
        />
      )}
      <div className="mt-3 flex flex-wrap items-center gap-3">
        {!done && (
          <button type="submit" className="button" disabled={state.at === 'judging' || !answers.some((a) => a.trim())}>
            {t('quiz.submit')}
          </button>
        )}
        <QuizOutcome state={state} />
      </div>
    </form>
  );
}

function QuizOutcome({ state }: { state: State }) {
  const t = useText();
  return (
    <div role="status" className="min-w-0 flex-1 basis-48">
      {state.at === 'wrong' && <span className="text-warn">{t('quiz.wrong')}</span>}
      {state.at === 'failed' && (
        <span className="text-bad">
          {t('quiz.failed')}: {state.error.message} {state.error.hint}
        </span>
      )}
      {state.at === 'right' && (
        <>
          <span className="font-medium text-good">{t('quiz.right')}</span>{' '}
          {state.explain && <InlineMarkdown text={state.explain} />}
        </>
      )}
    </div>
  );
}
