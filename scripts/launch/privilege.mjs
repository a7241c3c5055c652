import { which } from './run.mjs';
import { Trouble } from './settings.mjs';

export const isRoot = () => process.getuid?.() === 0;

/**
 * The command line that runs `argv` as root. Secrets travel in the environment, by name, and not in arguments that
 * everyone can read.
 * @param {string[]} argv
 * @param {string} what for the message when there is no way
 * @param {string[]} keep names of environment variables that must arrive
 */
export function asRoot(argv, what, keep = []) {
  if (isRoot()) return argv;
  if (which('sudo')) return ['sudo', ...(keep.length > 0 ? [`--preserve-env=${keep.join(',')}`] : []), ...argv];
  throw new Trouble(
    `${what} needs root, and sudo is not installed.`,
    'Run it as root, or install sudo and give yourself the right to use it.',
  );
}
