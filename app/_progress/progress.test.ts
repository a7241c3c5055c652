import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../_server/database.ts';
import { readProgress, readReached, readRightAnswers, readVerdicts } from './read.ts';
import { recordAnswer, recordPlace, recordReached, recordVerdict } from './record.ts';

const who = { userId: 'ann', course: 'c', lesson: 'l' };
const where = { ...who, contentHash: 'h1' };
let folder: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-progress-'));
  db = await openDatabase({ data: folder, databaseUrl: undefined });
  await db.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.org' } });
});
afterEach(async () => {
  await db.$disconnect();
  rmSync(folder, { recursive: true });
});

describe('progress', () => {
  it('keeps the first time that a step was reached, also when the lesson changes', async () => {
    await recordReached(db, where, 'one');
    const first = (await readProgress(db, 'ann', 'c')).lessons.l?.reached.one;
    await recordReached(db, { ...where, contentHash: 'h2' }, 'one');
    await recordReached(db, where, 'two');
    const { lessons } = await readProgress(db, 'ann', 'c');
    expect(Object.keys(lessons.l?.reached ?? {})).toEqual(['one', 'two']);
    expect(lessons.l?.reached.one).toBe(first);
    expect(await readReached(db, who)).toEqual(['one', 'two']);
    expect((await readProgress(db, 'bob', 'c')).lessons).toEqual({});
  });

  it('remembers where the learner left off', async () => {
    await recordPlace(db, { ...who, step: 'one' });
    await recordPlace(db, { ...who, lesson: 'next', step: 'two' });
    expect((await readProgress(db, 'ann', 'c')).lastPlace).toMatchObject({ lesson: 'next', step: 'two' });
  });

  it('bounds what a verdict says, whatever a lab prints', async () => {
    const items = Array.from({ length: 50 }, () => ({
      verdict: 'not-met' as const,
      expected: 'x',
      observed: 'y'.repeat(100_000),
    }));
    const since = new Date();
    await recordVerdict(db, where, { labId: 'a', step: 's', check: 'c', verdict: 'not-met', cause: 'button', items });
    const [row] = await db.verdictRecord.findMany();
    expect(JSON.stringify(row?.observed).length).toBeLessThan(32 * 1024);
    expect(await readVerdicts(db, 'a', since)).toEqual([{ step: 's', check: 'c', verdict: 'not-met' }]);
    expect(await readVerdicts(db, 'a', new Date(Date.now() + 1000))).toEqual([]);
  });

  it('counts a question as answered once an answer was right', async () => {
    for (const right of [false, true, true])
      await recordAnswer(db, where, { step: 's', quiz: 'q', answer: ['x'], right });
    await recordAnswer(db, where, { step: 's', quiz: 'other', answer: ['x'], right: false });
    expect(await readRightAnswers(db, who)).toEqual(['s/q']);
  });
});
