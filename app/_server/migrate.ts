import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoplabError } from '../../lab-agent/contract/errors.ts';

/**
 * Applies prisma/PROVIDER/migrations at start-up, with Prisma's own table, columns and checksums, so that its CLI keeps
 * working on the same database. Several starters at once: one applies, the others wait.
 */
type Row = { migration_name: string; checksum: string; finished_at: unknown };
type Migration = { name: string; sql: string; checksum: string };

/** @returns the names of the migrations that were applied now */
export async function migrateSqlite(file: string, folder: string): Promise<string[]> {
  // The synchronous driver under @libsql/client.
  const { default: Database } = await import('libsql');
  const db = new Database(file);
  try {
    // OFF must come before BEGIN, or Prisma's redefinition of tables cascades into deletes.
    db.exec('PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=OFF;');
    db.exec('BEGIN IMMEDIATE');
    db.exec(`CREATE TABLE IF NOT EXISTS "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL,
      "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
      "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`);
    const todo = pending(folder, db.prepare(APPLIED).all() as Row[]);
    const insert = db.prepare(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES (?,?,?,?,?,1)',
    );
    for (const migration of todo) {
      db.exec(migration.sql);
      insert.run(randomUUID(), migration.checksum, migration.name, Date.now(), Date.now());
    }
    const broken = db.prepare('PRAGMA foreign_key_check').all();
    if (broken.length > 0) throw new Error(`migration broke foreign keys: ${JSON.stringify(broken.slice(0, 3))}`);
    db.exec('COMMIT');
    return todo.map(({ name }) => name);
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  } finally {
    db.close();
  }
}

/** @returns the names of the migrations that were applied now */
export async function migratePostgres(url: string, folder: string): Promise<string[]> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // The lock that `prisma migrate` takes.
    await client.query('SELECT pg_advisory_lock(72707369)');
    await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT,
      rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
    const todo = pending(folder, (await client.query<Row>(APPLIED)).rows);
    for (const migration of todo) {
      await client.query('BEGIN');
      await client.query(migration.sql);
      await client.query(
        'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1,$2,$3,now(),1)',
        [randomUUID(), migration.checksum, migration.name],
      );
      await client.query('COMMIT');
    }
    return todo.map(({ name }) => name);
  } finally {
    // Drops the lock and any open transaction too.
    await client.end();
  }
}

const APPLIED = 'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL';

function pending(folder: string, rows: readonly Row[]): Migration[] {
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  const known = readMigrations(folder);
  for (const name of applied.keys()) {
    if (known.some((migration) => migration.name === name)) continue;
    throw new HoplabError(
      'conflict',
      `The database was written by a newer Hoplab (it has migration ${name}).`,
      'Update Hoplab, or bring back a copy of the data made with this version: npm run restore.',
    );
  }
  return known.filter(({ name, checksum }) => {
    const row = applied.get(name);
    if (!row) return true;
    if (!row.finished_at) throw refusal(`migration ${name} failed half way earlier`);
    if (row.checksum !== checksum) throw refusal(`migration ${name} was edited after it had been applied`);
    return false;
  });
}

function refusal(what: string): HoplabError {
  return new HoplabError(
    'conflict',
    `The database cannot be brought up to date: ${what}.`,
    'See `npx prisma migrate resolve`.',
  );
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}
