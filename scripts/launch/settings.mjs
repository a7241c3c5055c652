import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository: the folder above scripts/. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Something that a person has to mend: printed as a sentence and what to do about it, without a stack. */
export class Trouble extends Error {
  constructor(message, hint = '') {
    super(message);
    this.name = 'Trouble';
    this.hint = hint;
  }
}

/** Linux takes 107 bytes for the name of a unix socket; the agent's sockets get at most this much below the run folder. */
const LONGEST_RUN_FOLDER = 107 - '/terminal-host.sock'.length;

/**
 * Where everything is, from the environment; nothing needs to be set.
 * @param {Record<string, string | undefined>} env
 */
export function settings(env = process.env) {
  const name = `hoplab-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  const run = resolve(env.HOPLAB_RUN || join('/run', name));
  if (Buffer.byteLength(run) > LONGEST_RUN_FOLDER) {
    throw new Trouble(
      `HOPLAB_RUN is too long for the name of a socket: ${run}`,
      'Choose a shorter folder, such as /run/hoplab.',
    );
  }
  return {
    root,
    data: resolve(root, env.HOPLAB_DATA || '.hoplab'),
    run,
    cache: env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    host: env.HOPLAB_HOST || '127.0.0.1',
    port: portOf(env.HOPLAB_PORT || '3000'),
  };
}

function portOf(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Trouble(`HOPLAB_PORT is not a port: ${text}`, 'Give a number from 1 to 65535, or leave it out for 3000.');
}

/** Runs a script's main function: a Trouble is printed for people, with status 1; anything else is a bug and shows its stack. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? process.exitCode;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    console.error(`\n${error.message}${error.hint ? `\n→ ${error.hint}` : ''}`);
    process.exit(1);
  }
}
