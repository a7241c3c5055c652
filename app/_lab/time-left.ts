import type { Language } from '../_lessons/types.ts';

const MINUTE_MS = 60_000;

/** `1 hr 52 min`, `45 min`, `30 sec`; never below zero. */
export function timeLeft(ms: number, language: Language): string {
  const unit = (value: number, name: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (ms < MINUTE_MS) return unit(Math.max(0, Math.ceil(ms / 1000)), 'second');
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 60) return unit(minutes, 'minute');
  const rest = minutes % 60;
  return rest === 0 ? unit(minutes / 60, 'hour') : `${unit(Math.floor(minutes / 60), 'hour')} ${unit(rest, 'minute')}`;
}
