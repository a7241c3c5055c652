import { tooSlow, tryPattern } from './pattern.ts';
import type { Runner } from './registry.ts';
import { count, firstLine } from './text.ts';
import { broken, met, notMet } from './verdicts.ts';

/** Configuration files are far smaller; a larger file is read up to here. */
const MAX_BYTES = 256 * 1024;

export const checkFile: Runner<'file'> = async (round, { node, path, matches, mode }) => {
  const wanted = [mode && ` with mode ${octal(mode)}`, matches && ` with text like /${matches}/`].filter(Boolean);
  const expected = `${path} on ${node} is a file${wanted.join(' and')}`;
  const read = await round.lab.readFile(node, path, MAX_BYTES);
  if (!read.ok && read.missing) return notMet(expected, `there is no file ${path} on ${node}`);
  // A folder or a fifo in its place is something that the learner made.
  if (!read.ok && read.why.includes('not a regular file')) return notMet(expected, `${path} is not a regular file`);
  if (!read.ok) return broken(expected, read.why);
  const has = octal((read.mode & 0o7777).toString(8));
  if (mode !== undefined && octal(mode) !== has) return notMet(expected, `${path} has mode ${has}`);
  if (matches !== undefined) {
    const hit = tryPattern(matches, read.text);
    if (hit === 'too-slow') return broken(expected, tooSlow(matches));
    if (hit === 'no' && read.truncated) return broken(expected, `${path} is larger than ${MAX_BYTES / 1024} KiB`);
    if (hit === 'no') return notMet(expected, `no text like that in ${path}, which ${contents(read.text)}`);
  }
  return met(expected, `${path} has mode ${has} and ${count(lines(read.text), 'line')}`);
};

/** Four digits, so that 644 and 0644 are one. */
const octal = (mode: string): string => mode.padStart(4, '0');
const lines = (text: string): number => (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);

function contents(text: string): string {
  return text.trim() === '' ? 'is empty' : `has ${count(lines(text), 'line')} and begins "${firstLine(text, 80)}"`;
}
