import type { Language } from '../_lessons/types.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

export type TextKey = keyof typeof en;
export type TextValues = Record<string, string | number>;
/** Gives the text of a key, its `{names}` filled in. */
export type Translate = (key: TextKey, values?: TextValues) => string;

const texts: Record<Language, Record<TextKey, string>> = { en, ko };

export function translator(language: Language): Translate {
  const own = texts[language];
  return (key, values) => fill(own[key], values);
}

function fill(text: string, values: TextValues = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
