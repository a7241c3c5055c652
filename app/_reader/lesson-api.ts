/** What the lesson asks of the app by HTTP: solutions and judged answers. Expected failures come back as told errors. */
export type Told = { code: string; message: string; hint: string };
export type Answer<T> = { ok: true; value: T } | { ok: false; error: Told };

export type SolutionQuery = { course: string; lesson: string; step: string; index: number };
export async function fetchSolution(query: SolutionQuery): Promise<Answer<{ node: string; script: string }>> {
  const { solutionAnswer } = await import('./lesson-answers.ts');
  const parameters = new URLSearchParams({ ...query, index: String(query.index) });
  return ask(`/api/solutions?${parameters}`, undefined, (body) => solutionAnswer.parse(body));
}

export type QuizQuery = { course: string; lesson: string; step: string; quiz: string; lang: string; answer: string[] };
export async function answerQuiz(query: QuizQuery): Promise<Answer<{ right: boolean; explain?: string | undefined }>> {
  const { quizAnswer } = await import('./lesson-answers.ts');
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(query) };
  return ask('/api/quiz', init, (body) => quizAnswer.parse(body));
}

async function ask<T>(url: string, init: RequestInit | undefined, read: (body: unknown) => T): Promise<Answer<T>> {
  try {
    const answer = await fetch(url, init);
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) return { ok: true, value: read(body) };
    const { readError } = await import('../_lab/read-messages.ts');
    return { ok: false, error: readError(body, answer.status) };
  } catch (error) {
    return {
      ok: false,
      error: { code: 'unavailable', message: error instanceof Error ? error.message : '', hint: '' },
    };
  }
}
