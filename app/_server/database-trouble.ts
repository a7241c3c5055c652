import { HoplabError } from '../../lab-agent/contract/errors.ts';

/** What a database says when it cannot be used, and what a person can do about it. */
const TROUBLES: readonly { says: RegExp; message: string; hint: string }[] = [
  {
    says: /SQLITE_BUSY|database is locked|SocketTimeout|Operation has timed out/i,
    message: 'The database is locked by another program.',
    hint: 'Close whatever has .hoplab/hoplab.db open (a second Hoplab, a database browser) and try again.',
  },
  {
    says: /SQLITE_FULL|disk is full|No space left|ENOSPC/i,
    message: 'The disk is full: nothing can be recorded.',
    hint: 'Free some space on the disk of the data folder (HOPLAB_DATA, .hoplab), then try again.',
  },
  {
    says: /SQLITE_READONLY|readonly database|EACCES|EROFS|ENOTDIR|SQLITE_CANTOPEN|unable to open/i,
    message: 'The database cannot be written.',
    hint: 'Give this user the right to write to the data folder (HOPLAB_DATA, .hoplab) and the files in it.',
  },
  {
    says: /SQLITE_NOTADB|file is not a database|SQLITE_CORRUPT|malformed/i,
    message: 'The database file is damaged.',
    hint: 'Stop Hoplab and bring back a copy: npm run restore.',
  },
  {
    says: /ECONNREFUSED|P1001|Can't reach database|ENOTFOUND|ECONNRESET/i,
    message: 'The database server does not answer.',
    hint: 'Check DATABASE_URL and that PostgreSQL is running.',
  },
];

/** A database's failure as a sentence and a way on; undefined for errors of another kind. */
export function databaseTrouble(error: unknown): HoplabError | undefined {
  const text = chainOf(error);
  if (!/prisma|libsql|sqlite|database|migration|P\d{4}|pg|E[A-Z]{4,}/i.test(text)) return undefined;
  const found = TROUBLES.find(({ says }) => says.test(text));
  return found && new HoplabError('unavailable', found.message, found.hint, { cause: error });
}

function chainOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 4) return String(error);
  const { code, meta } = error as { code?: unknown; meta?: unknown };
  const own = `${error.name} ${String(code ?? '')} ${error.message} ${meta ? JSON.stringify(meta) : ''}`;
  return error.cause ? `${own} ${chainOf(error.cause, depth + 1)}` : own;
}
