import type { CheckResult } from '../../../lab-agent/contract/verdict.ts';
import type { Lesson, LessonStep } from '../../_lessons/types.ts';
import type { LabRow } from '../../_progress/labs.ts';
import { readReached, readVerdicts } from '../../_progress/read.ts';
import { recordReached, recordVerdict } from '../../_progress/record.ts';
import type { Database } from '../../_server/database.ts';
import type { StepResult } from './shown-check.ts';
import { StepLatch } from './step-latch.ts';

/**
 * A learner's progress in one lesson while a lab of it is open: what was recorded, what is to be recorded, what is
 * reached. Knows nothing of sockets.
 */
export class StepProgress {
  readonly #db: Database;
  readonly #who: { userId: string; course: string; lesson: string };
  #reached = new Set<string>();
  #latch = new StepLatch();
  #row: LabRow | undefined;

  constructor(db: Database, who: { userId: string; course: string; lesson: string }) {
    this.#db = db;
    this.#who = who;
  }

  get reached(): string[] {
    return [...this.#reached];
  }

  /** @returns whether more is reached than was known here */
  async reload(): Promise<boolean> {
    const before = this.#reached.size;
    for (const step of await readReached(this.#db, this.#who)) this.#reached.add(step);
    return this.#reached.size > before;
  }

  /** Begins with a lab: takes up what was recorded of it since its nodes were fresh. */
  async begin(row: LabRow): Promise<void> {
    const latch = new StepLatch();
    for (const { step, check, verdict } of await readVerdicts(this.#db, row.id, row.freshAt)) {
      latch.note(step, check, verdict as CheckResult['verdict']);
    }
    this.#row = row;
    this.#latch = latch;
  }

  /**
   * Records every change and every press of the button, then the steps that are reached by them.
   * @returns whether a step was reached
   * @throws what the database throws; verdicts not recorded are recorded with the next ones
   */
  async record(lesson: Lesson, results: readonly StepResult[]): Promise<boolean> {
    const row = this.#row;
    if (!row) return false;
    const where = { ...this.#who, contentHash: lesson.hash };
    for (const { step, check, result } of results) {
      const changed = this.#latch.last(step, check) !== result.verdict;
      if (changed || result.cause === 'button') {
        const { verdict, cause, items } = result;
        await recordVerdict(this.#db, where, { labId: row.id, step, check, verdict, cause, items });
      }
      this.#latch.note(step, check, result.verdict);
    }
    const touched = new Set(results.map(({ step }) => step));
    let grown = false;
    for (const step of lesson.steps) {
      if (!touched.has(step.id) || this.#reached.has(step.id) || this.#broughtPast(lesson, step)) continue;
      if (!this.#latch.reached(step)) continue;
      await recordReached(this.#db, where, step.id);
      this.#reached.add(step.id);
      grown = true;
    }
    return grown;
  }

  /** A step that asks for nothing is reached by being read. @returns whether it was reached now */
  async visit(lesson: Lesson, id: string): Promise<boolean> {
    const step = lesson.steps.find((candidate) => candidate.id === id);
    if (!step || step.checks.length > 0 || step.quizzes.length > 0 || this.#reached.has(id)) return false;
    await recordReached(this.#db, { ...this.#who, contentHash: lesson.hash }, id);
    this.#reached.add(id);
    return true;
  }

  /** Steps before the one that we brought the lab to were done by us, not by the learner. */
  #broughtPast({ steps }: Lesson, step: LessonStep): boolean {
    const brought = steps.findIndex(({ id }) => id === this.#row?.broughtTo);
    return steps.indexOf(step) < brought;
  }
}
