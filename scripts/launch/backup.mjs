import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './alive.mjs';
import { instanceNote } from './instance.mjs';
import { runFor } from './run.mjs';
import { Trouble } from './settings.mjs';

/**
 * A copy of the learners' data as one file: the database and the secret that signs sessions. Logs, and what belongs to
 * a running Hoplab, are not worth keeping.
 */
const DATABASE = 'hoplab.db';
const SECRET = 'secret';
const MANIFEST = 'backup.json';
const VERSION = 1;

/** Writes a consistent copy to `file`, also while Hoplab runs. */
export async function backUp(data, file) {
  const database = join(data, DATABASE);
  if (!existsSync(database))
    throw new Trouble(
      `There is nothing to back up: ${database} does not exist.`,
      'HOPLAB_DATA names the data folder, if it is not .hoplab.',
    );
  if (existsSync(file)) throw new Trouble(`${file} exists already.`, 'Give another name: a backup never replaces one.');
  mkdirSync(dirname(file), { recursive: true });
  const folder = mkdtempSync(join(dirname(file), '.hoplab-backup-'));
  try {
    const { default: Database } = await import('libsql');
    const db = new Database(database, { readonly: true, timeout: 10_000 });
    // One statement, one moment: writers go on meanwhile, and what they write after it is not in the copy.
    db.prepare('VACUUM INTO ?').run(join(folder, DATABASE));
    db.close();
    const names = [MANIFEST, DATABASE];
    if (existsSync(join(data, SECRET))) {
      copyFileSync(join(data, SECRET), join(folder, SECRET));
      names.push(SECRET);
    }
    writeFileSync(join(folder, MANIFEST), JSON.stringify({ hoplab: VERSION, createdAt: new Date().toISOString() }));
    // A name of its own until it is whole; readable by its owner alone, since it holds the secret.
    await tar(['-czf', join(folder, 'whole'), '-C', folder, ...names]);
    renameSync(join(folder, 'whole'), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Replaces the data folder by a backup. The old one stays beside it, and its new name is returned.
 * @throws Trouble while Hoplab runs, and for a file that is no whole backup; nothing has been changed then
 */
export async function restore(data, file) {
  const running = instanceNote(data).read();
  if (running && [running.launcher, running.app].some(isAlive)) {
    throw new Trouble(`Hoplab is running on ${data}.`, 'Stop it first (Ctrl-C where it runs), then restore.');
  }
  if (!existsSync(file))
    throw new Trouble(`${file} does not exist.`, 'npm run restore -- FILE, with a file that npm run backup wrote.');
  mkdirSync(dirname(data), { recursive: true });
  const folder = mkdtempSync(join(dirname(data), '.hoplab-restore-'));
  try {
    const listed = await tar(['-tzf', file], `${file} is not a backup of Hoplab.`);
    const known = listed
      .trim()
      .split('\n')
      .filter((name) => [MANIFEST, DATABASE, SECRET].includes(name));
    if (!known.includes(MANIFEST) || !known.includes(DATABASE)) throw new Trouble(`${file} is not a backup of Hoplab.`);
    await tar(['-xzf', file, '-C', folder, '--no-same-owner', ...known], `${file} is not whole.`);
    await checkBackup(folder, file);
    rmSync(join(folder, MANIFEST));
    const aside = existsSync(data) ? `${data}.before-${new Date().toISOString().replace(/[:.]/g, '-')}` : undefined;
    if (aside) renameSync(data, aside);
    renameSync(folder, data);
    return aside;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkBackup(folder, file) {
  const { hoplab } = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  if (hoplab !== VERSION)
    throw new Trouble(
      `${basename(file)} is of another version (${hoplab}).`,
      'Restore it with the Hoplab that wrote it, or a later one.',
    );
  const { default: Database } = await import('libsql');
  const state = sound(Database, join(folder, DATABASE));
  if (state !== 'ok') throw new Trouble(`The database in ${file} is damaged: ${state}`, 'Take an earlier backup.');
}

function sound(Database, file) {
  try {
    const db = new Database(file, { readonly: true });
    const { integrity_check: state } = db.prepare('PRAGMA integrity_check').get();
    db.close();
    return state;
  } catch (error) {
    return error.message;
  }
}

async function tar(args, message = 'The backup could not be written.') {
  const { code, stdout, stderr } = await runFor(['tar', ...args]);
  if (code !== 0) throw new Trouble(`${message}\n${stderr.trim()}`);
  return stdout;
}
