import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import { parse } from '../../lab-agent/contract/parse.ts';
import { processWide } from './process-wide.ts';

const agentAddress = z
  .string()
  .regex(/^(unix:\/.+|http:\/\/[^/]+)$/, 'an agent is given as unix:/path/to.sock or http://host:port');

const envSchema = z.object({
  HOPLAB_DATA: z.string().min(1).default('.hoplab').describe('Folder of the learners’ data.'),
  HOPLAB_CONTENT: z.string().min(1).default('content').describe('Folder of the courses.'),
  HOPLAB_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on; beyond loopback needs accounts.'),
  HOPLAB_PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOPLAB_URL: z
    .url()
    .optional()
    .describe('The address learners type, when a proxy stands before us; turns accounts on.'),
  HOPLAB_AGENT_URL: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((address) => address.trim() || []))
    .pipe(z.array(agentAddress)),
  HOPLAB_AGENT_TOKEN: z.string().default(''),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'only postgresql://… is known; without it, SQLite')
    .optional(),
});

export type Env = {
  /** Absolute. */
  data: string;
  /** Absolute. */
  content: string;
  host: string;
  port: number;
  publicUrl: string | undefined;
  /** False on loopback: one local learner without a password. */
  accounts: boolean;
  /** Agents as `unix:/path` or `http://host:port`. */
  agents: string[];
  agentToken: string;
  /** Pages are compiled when asked for and reloaded on save. */
  dev: boolean;
  /** PostgreSQL; SQLite in the data folder when undefined. */
  databaseUrl: string | undefined;
};

/** The process's settings, read and checked once. */
export const env = (): Env => processWide('env', () => readEnv(process.env));

/** @throws InvalidInput naming every variable that does not fit */
export function readEnv(variables: Record<string, string | undefined>): Env {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const values = parse(envSchema, set, 'environment');
  return {
    data: resolve(values.HOPLAB_DATA),
    content: resolve(values.HOPLAB_CONTENT),
    host: values.HOPLAB_HOST,
    port: values.HOPLAB_PORT,
    publicUrl: values.HOPLAB_URL,
    accounts: values.HOPLAB_URL !== undefined || !isLoopback(values.HOPLAB_HOST),
    agents: values.HOPLAB_AGENT_URL,
    agentToken: values.HOPLAB_AGENT_TOKEN,
    dev: variables.NODE_ENV !== 'production',
    databaseUrl: values.DATABASE_URL,
  };
}

/** Whether a host name or address means this machine only; brackets around IPv6 are allowed. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** A secret that is shorter was cut off when it was written; better-auth would take its own default, which all know. */
const SECRET_CHARS = 43;

/**
 * The secret that signs sessions: made once, readable by the owner alone.
 * @throws HoplabError `unavailable` when the data folder cannot be written, or the file holds no whole secret
 */
export function sessionSecret({ data }: Env): string {
  const file = join(data, 'secret');
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (!existsSync(file)) {
      writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
      // Two processes may start at once: the link lets one win, whole, and both read what it wrote.
      linkSync(draft, file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new HoplabError(
        'unavailable',
        `The data folder ${data} cannot be written: ${(error as Error).message}`,
        'Give this user the right to write there, free some disk, or set HOPLAB_DATA to another folder.',
        { cause: error },
      );
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length >= SECRET_CHARS) return secret;
  throw new HoplabError(
    'unavailable',
    `The file ${file} holds no whole secret.`,
    'Remove it: a new one is made, and everybody signs in again.',
  );
}
