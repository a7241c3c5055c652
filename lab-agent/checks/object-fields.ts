import { tryPattern } from './pattern.ts';
import { clip, list } from './text.ts';

/** A wanted value: text that begins with `^` is a pattern, `null` stands for a field that is not there. */
export type Wanted = string | number | boolean | null;

/** `status.podIP` taken apart; `\.` is a dot within a key. */
export const keysOf = (field: string): string[] =>
  (field.match(/(?:\\.|[^.\\])+/g) ?? []).map((key) => key.replace(/\\(.)/g, '$1'));

/** Every value at a field: `*` stands for any entry of a list or map. What is not there is left out. */
export function valuesAt(object: unknown, keys: readonly string[]): unknown[] {
  const [key, ...rest] = keys;
  if (key === undefined) return object === undefined || object === null ? [] : [object];
  if (typeof object !== 'object' || object === null) return [];
  if (key === '*') return Object.values(object).flatMap((inner) => valuesAt(inner, rest));
  return Object.hasOwn(object, key) ? valuesAt((object as Record<string, unknown>)[key], rest) : [];
}

/** Why a field is not as wanted: nothing when it is. */
export function fieldProblem(object: unknown, field: string, wanted: Wanted): string | undefined | 'too-slow' {
  const keys = keysOf(field);
  const values = valuesAt(object, keys);
  if (wanted === null) return values.length === 0 ? undefined : `${field} is ${valuesText(values)}`;
  for (const value of values) {
    const hit = fits(value, wanted);
    if (hit === 'too-slow') return 'too-slow';
    if (hit === 'yes') return undefined;
  }
  if (values.length > 0) return `${field} is ${valuesText(values)}`;
  return `there is no ${field}${siblings(object, keys)}`;
}

export function wantedField(field: string, wanted: Wanted): string {
  if (wanted === null) return `without ${field}`;
  return isPattern(wanted) ? `with ${field} like /${wanted}/` : `with ${field} ${wanted}`;
}

function fits(value: unknown, wanted: Exclude<Wanted, null>): 'yes' | 'no' | 'too-slow' {
  const text = textOf(value);
  if (isPattern(wanted)) return tryPattern(wanted, text);
  return text === String(wanted) ? 'yes' : 'no';
}

const isPattern = (wanted: Wanted): wanted is string => typeof wanted === 'string' && wanted.startsWith('^');
const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
const valuesText = (values: readonly unknown[]): string =>
  list(
    values.map((v) => clip(textOf(v), 120) || 'empty'),
    'empty',
    4,
  );

/** What stands where the field was looked for: a slip in a key is seen at once. */
function siblings(object: unknown, keys: readonly string[]): string {
  const around = keys.slice(0, -1);
  const holder = around.includes('*') ? undefined : valuesAt(object, around)[0];
  if (typeof holder !== 'object' || holder === null) return '';
  const names = Object.keys(holder).map((name) => clip(name, 40));
  return `; ${around.join('.') || 'the object'} has ${list(names, 'nothing', 8)}`;
}
