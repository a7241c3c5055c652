import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from './database.ts';
import { migrateSqlite } from './migrate.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hoplab-db-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('applies the migrations once, also when several start at the same time', async () => {
  const file = join(scratch(), 'a.db');
  const folder = 'prisma/sqlite/migrations';
  const applied = await Promise.all([1, 2, 3].map(() => migrateSqlite(file, folder)));
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await migrateSqlite(file, folder)).toEqual([]);
});

it('refuses a database of a newer Hoplab', async () => {
  const folder = scratch();
  const newer = join(folder, 'migrations');
  mkdirSync(join(newer, '1_more'), { recursive: true });
  writeFileSync(join(newer, '1_more', 'migration.sql'), 'CREATE TABLE "more" ("id" TEXT);');
  await migrateSqlite(join(folder, 'a.db'), newer);
  await expect(
    migrateSqlite(join(folder, 'a.db'), 'prisma/sqlite/migrations'),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: The database was written by a newer Hoplab (it has migration 1_more).]`,
  );
});

it('keeps the file to its owner, wherever the folder came from', async () => {
  const data = scratch();
  chmodSync(data, 0o755);
  await (await openDatabase({ data, databaseUrl: undefined })).$disconnect();
  for (const name of readdirSync(data)) expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o600);
});

it('says what to do when the file is no database', async () => {
  const data = scratch();
  writeFileSync(join(data, 'hoplab.db'), 'x'.repeat(5000));
  await expect(openDatabase({ data, databaseUrl: undefined })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The database file is damaged.',
    hint: 'Stop Hoplab and bring back a copy: npm run restore.',
  });
});

it('says what to do when another program holds the database', async () => {
  const data = scratch();
  const { default: Database } = await import('libsql');
  const db = await openDatabase({ data, databaseUrl: undefined });
  const holder = new Database(join(data, 'hoplab.db'));
  holder.exec('BEGIN EXCLUSIVE');
  const { toHoplabError } = await import('./errors.ts');
  const failed = await db.user.create({ data: { id: 'a', name: 'a', email: 'a' } }).catch(toHoplabError);
  holder.close();
  expect(failed).toMatchObject({ code: 'unavailable', message: 'The database is locked by another program.' });
}, 20_000);

it('says what to do when the folder cannot be made', async () => {
  const data = scratch();
  writeFileSync(join(data, 'file'), '');
  await expect(openDatabase({ data: join(data, 'file', 'below'), databaseUrl: undefined })).rejects.toMatchObject({
    code: 'unavailable',
  });
});

it('serves the same models from PostgreSQL', async () => {
  const { PGlite } = await import('@electric-sql/pglite');
  const { PrismaPGlite } = await import('pglite-prisma-adapter');
  const { PrismaClient } = await import('../../generated/postgresql/client.ts');
  const pg = new PGlite();
  const folder = 'prisma/postgresql/migrations';
  for (const name of readdirSync(folder)
    .filter((entry) => /^\d/.test(entry))
    .sort()) {
    await pg.exec(readFileSync(join(folder, name, 'migration.sql'), 'utf8'));
  }
  const db = new PrismaClient({ adapter: new PrismaPGlite(pg) as never });
  await db.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.org' } });
  const where = { userId: 'ann', course: 'c', lesson: 'l', contentHash: 'h' };
  const { recordReached, recordVerdict } = await import('../_progress/record.ts');
  const { readReached } = await import('../_progress/read.ts');
  const items = [{ verdict: 'met' as const, expected: 'x', observed: 'y' }];
  await recordVerdict(db as never, where, {
    labId: 'l',
    step: 's',
    check: 'c',
    verdict: 'met',
    cause: 'kernel',
    items,
  });
  for (let i = 0; i < 2; i++) await recordReached(db as never, where, 's');
  expect(await readReached(db as never, { userId: 'ann', course: 'c', lesson: 'l' })).toEqual(['s']);
  expect((await db.verdictRecord.findFirst())?.observed).toEqual(items);
  await db.user.delete({ where: { id: 'ann' } });
  expect(await db.stepReached.count()).toBe(0);
  await db.$disconnect();
  await pg.close();
}, 90_000);
