import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mark } from './alive.mjs';
import { backUp, restore } from './backup.mjs';
import { instanceNote } from './instance.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoplab-backup-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dataWith = (name: string, rows: number) => {
  const data = join(folder, name);
  mkdirSync(data);
  writeFileSync(join(data, 'secret'), `secret of ${name}`);
  const db = new Database(join(data, 'hoplab.db'));
  db.exec('PRAGMA journal_mode=WAL; CREATE TABLE learner (id INTEGER)');
  for (let id = 0; id < rows; id += 1) db.prepare('INSERT INTO learner VALUES (?)').run(id);
  return { data, db };
};
const rowsIn = (data: string) => {
  const db = new Database(join(data, 'hoplab.db'), { readonly: true });
  const { rows } = db.prepare('SELECT count(*) AS rows FROM learner').get() as { rows: number };
  db.close();
  return rows;
};
const hint = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error & { hint: string }) => `${error.message.replaceAll(folder, '…')} → ${error.hint}`,
  );

test('a backup holds what was committed, while a writer is in the middle of a transaction', async () => {
  const { data, db } = dataWith('a', 3);
  db.exec('BEGIN IMMEDIATE; INSERT INTO learner VALUES (99)');
  await backUp(data, join(folder, 'a.tar.gz'));
  db.exec('COMMIT');
  db.close();
  const aside = await restore(data, join(folder, 'a.tar.gz'));
  expect(rowsIn(data)).toBe(3);
  expect(rowsIn(aside as string)).toBe(4);
  expect(readFileSync(join(data, 'secret'), 'utf8')).toBe('secret of a');
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a restore refuses while Hoplab runs, and changes nothing', async () => {
  const { data, db } = dataWith('b', 1);
  db.close();
  await backUp(data, join(folder, 'b.tar.gz'));
  instanceNote(data).write({ app: mark(process.pid) });
  expect(await hint(restore(data, join(folder, 'b.tar.gz')))).toMatchInlineSnapshot(
    `"Hoplab is running on …/b. → Stop it first (Ctrl-C where it runs), then restore."`,
  );
  expect(existsSync(join(data, 'running.json'))).toBe(true);
});

test('what is no whole backup is refused, and the data stays', async () => {
  const { data, db } = dataWith('c', 2);
  db.close();
  const file = join(folder, 'c.tar.gz');
  await backUp(data, file);
  expect(await hint(backUp(data, file))).toMatchInlineSnapshot(
    `"…/c.tar.gz exists already. → Give another name: a backup never replaces one."`,
  );
  const cut = join(folder, 'cut.tar.gz');
  writeFileSync(cut, readFileSync(file).subarray(0, 200));
  expect(await hint(restore(data, cut))).toContain('cut.tar.gz is not a backup of Hoplab');
  expect(rowsIn(data)).toBe(2);
});
