import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PrismaClient } from '../../generated/sqlite/client.ts';
import { databaseTrouble } from './database-trouble.ts';
import { type Env, env } from './env.ts';
import { migratePostgres, migrateSqlite } from './migrate.ts';
import { processWide } from './process-wide.ts';

export type Database = PrismaClient;

/** The database's file when it is SQLite. */
export const databaseFile = ({ data }: Pick<Env, 'data'>): string => join(data, 'hoplab.db');

/**
 * The process's one client, its database migrated.
 * @throws HoplabError `unavailable` when it is locked, cannot be written or the disk is full
 */
export const database = (): Promise<Database> => processWide('database', () => openDatabase(env()));

/** Opens and migrates; for tests, which have a data folder of their own. */
export async function openDatabase(settings: Pick<Env, 'data' | 'databaseUrl'>): Promise<Database> {
  try {
    return await (settings.databaseUrl ? openPostgres(settings.databaseUrl) : openSqlite(databaseFile(settings)));
  } catch (error) {
    throw databaseTrouble(error) ?? error;
  }
}

async function openPostgres(url: string): Promise<Database> {
  await migratePostgres(url, resolve('prisma/postgresql/migrations'));
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { PrismaClient: Client } = await import('../../generated/postgresql/client.ts');
  // Both clients come from one set of models; their types differ in name only.
  return new Client({ adapter: new PrismaPg({ connectionString: url }) }) as unknown as Database;
}

async function openSqlite(file: string): Promise<Database> {
  mkdirSync(resolve(file, '..'), { recursive: true, mode: 0o700 });
  // Sessions and password hashes are in it, and the folder may have been made by others; SQLite gives its files this mode.
  closeSync(openSync(file, 'a', 0o600));
  await migrateSqlite(file, resolve('prisma/sqlite/migrations'));
  const { PrismaLibSql } = await import('@prisma/adapter-libsql');
  const { PrismaClient: Client } = await import('../../generated/sqlite/client.ts');
  return new Client({ adapter: new PrismaLibSql({ url: `file:${file}`, timeout: 5000 }) });
}
