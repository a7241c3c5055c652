import { useSyncExternalStore } from 'react';
import * as z from 'zod';

const KEY = 'hoplab.terminal';
export const FONT_SIZES = { least: 9, usual: 14, most: 28 };

const settings = z.object({
  fontSize: z.number().min(FONT_SIZES.least).max(FONT_SIZES.most).catch(FONT_SIZES.usual),
  screenReader: z.boolean().catch(false),
});
export type TerminalSettings = z.infer<typeof settings>;

let current: TerminalSettings | undefined;
const listeners = new Set<() => void>();

/** How this browser shows terminals; kept in it. */
export function terminalSettings(): TerminalSettings {
  current ??= settings.parse(read());
  return current;
}

export function changeTerminalSettings(change: Partial<TerminalSettings>): void {
  current = settings.parse({ ...terminalSettings(), ...change });
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A browser without storage keeps them until the page is left.
  }
  for (const listener of listeners) listener();
}

/** Larger, smaller, or as usual. */
export function changeFontSize(by: -1 | 0 | 1): void {
  const { fontSize } = terminalSettings();
  const wanted = by === 0 ? FONT_SIZES.usual : fontSize + by;
  changeTerminalSettings({ fontSize: Math.min(FONT_SIZES.most, Math.max(FONT_SIZES.least, wanted)) });
}

export function subscribeToSettings(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTerminalSettings(): TerminalSettings {
  return useSyncExternalStore(subscribeToSettings, terminalSettings, terminalSettings);
}

function read(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
}
