import { toWire } from '../../lab-agent/contract/checks/index.ts';
import type { CheckResult, Verdict } from '../../lab-agent/contract/verdict.ts';
import type { CheckToSend } from '../_lab/agents/client.ts';
import type { Lesson, LessonCheck, LessonStep } from './types.ts';

/** A fresh lab that a lesson is played in; disposing it removes it. */
export interface PlayedLab extends AsyncDisposable {
  runChecks(checks: CheckToSend[]): Promise<CheckResult[]>;
  /** Types into a real terminal of the node or pod that a solution names, line by line, and returns when the prompt is back. */
  type(target: string, script: string): Promise<void>;
}

export type VerifyOptions = {
  makeLab(): Promise<PlayedLab>;
  say(line: string): void;
  /** Times the lesson is played, each in a fresh lab. */
  rounds: number;
  /** How long a state may take to come true once the solution was typed, in milliseconds. */
  waitMs: number;
};

export type VerifyOutcome = { passed: number; failed: number };

/**
 * Plays a lesson: in each step all checks (guards apart) are first not met, and met after the solution. A check that
 * is broken is a failure at any time. A round ends at its first step that fails, since the later ones stand on it.
 */
export async function verifyLesson(lesson: Lesson, options: VerifyOptions): Promise<VerifyOutcome> {
  const outcome = { passed: 0, failed: 0 };
  for (let round = 1; round <= options.rounds; round++) {
    await using lab = await options.makeLab();
    for (const step of lesson.steps) {
      const startedAt = performance.now();
      const complaints = await playStep(step, lab, options.waitMs);
      const name = `${lesson.slug} #${step.id} (round ${round}, ${Math.round(performance.now() - startedAt)} ms)`;
      options.say(`${complaints.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
      for (const complaint of complaints) options.say(`     ${complaint}`);
      if (complaints.length === 0) outcome.passed++;
      else {
        outcome.failed++;
        break;
      }
    }
  }
  options.say(`${lesson.course}/${lesson.slug}: ${outcome.passed} passed, ${outcome.failed} failed`);
  return outcome;
}

async function playStep(step: LessonStep, lab: PlayedLab, waitMs: number): Promise<string[]> {
  const checks = step.checks.map((check) => ({ id: check.id, items: check.items.map(toWire) }));
  if (checks.length > 0) {
    const guards = checks.filter(({ id }) => step.checks.find((check) => check.id === id)?.keep);
    await untilMet(lab, guards, waitMs);
    const before = complaintsBefore(step.checks, await lab.runChecks(checks));
    if (before.length > 0) return before;
  }
  for (const { node, script } of step.solutions) await lab.type(node, script);
  const results = await untilMet(lab, checks, waitMs);
  return results
    .filter(({ verdict }) => verdict !== 'met')
    .flatMap((result) => [`after the solution, ${result.id} is ${result.verdict}:`, ...result.items.map(tell)]);
}

function complaintsBefore(checks: readonly LessonCheck[], results: readonly CheckResult[]): string[] {
  return checks.flatMap(({ id, keep }) => {
    const result = results.find((r) => r.id === id);
    const wanted = keep ? 'met' : 'not-met';
    if (!result) return [`the agent said nothing of ${id}`];
    if (result.verdict === wanted) return [];
    const why = keep ? 'it is a guard' : 'nothing was done yet';
    return [`before the solution, ${id} is ${result.verdict} (${why}):`, ...result.items.map(tell)];
  });
}

/** States need a moment to come true (a bridge port, a session); what is met once is not looked at again. */
async function untilMet(lab: PlayedLab, checks: CheckToSend[], waitMs: number): Promise<CheckResult[]> {
  const deadline = performance.now() + waitMs;
  const last = new Map<string, CheckResult>();
  let open = checks;
  for (let pauseMs = 50; open.length > 0; pauseMs = Math.min(pauseMs * 2, 1000)) {
    for (const result of await lab.runChecks(open)) last.set(result.id, result);
    open = checks.filter(({ id }) => last.get(id)?.verdict !== 'met');
    if (open.length === 0 || performance.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return checks.flatMap(({ id }) => last.get(id) ?? []);
}

function tell(item: Verdict): string {
  if (item.verdict === 'broken') return `  broken: ${item.expected}: ${item.why}`;
  const nearest = item.verdict === 'not-met' && item.nearest ? `; nearest: ${item.nearest}` : '';
  return `  ${item.verdict}: expected ${item.expected}; observed ${item.observed}${nearest}`;
}
