import type { LessonQuiz } from '../../_lessons/types.ts';

/** Whether an answer is right: options as a set, typed text without case and outer space. */
export function isRight(
  { options, answers, many }: Pick<LessonQuiz, 'options' | 'answers' | 'many'>,
  given: readonly string[],
) {
  if (options && many) {
    const wanted = new Set(answers);
    const chosen = new Set(given);
    return wanted.size === chosen.size && [...wanted].every((answer) => chosen.has(answer));
  }
  const [only] = given;
  if (only === undefined || given.length !== 1) return false;
  if (options) return answers.includes(only);
  return answers.some((answer) => plain(answer) === plain(only));
}

const plain = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();
