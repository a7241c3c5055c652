import { describe, expect, it } from 'vitest';
import { matchShortcut, type PressedKey, SEQUENCE_MS, type ShortcutState } from './shortcuts.ts';

const press = (key: string, more: Partial<PressedKey> = {}): PressedKey => ({
  key,
  code: `Key${key.toUpperCase()}`,
  modified: false,
  typing: false,
  at: 0,
  ...more,
});
const type = (...keys: PressedKey[]) => {
  let state: ShortcutState;
  const actions: (string | undefined)[] = [];
  for (const key of keys) {
    const result = matchShortcut(state, key);
    state = result.state;
    actions.push(result.action);
  }
  return actions;
};

describe('shortcuts', () => {
  it('act on one key, or on two in turn', () => {
    expect(type(press('j'), press('k'), press('?', { code: 'Slash' }))).toEqual(['next', 'previous', 'help']);
    expect(type(press('g'), press('h', { at: 300 }))).toEqual([undefined, 'home']);
  });

  it('mean the second key only for as long as the first is waited upon', () => {
    expect(type(press('g'), press('p', { at: 300 }))).toEqual([undefined, 'previousLesson']);
    expect(type(press('g'), press('p', { at: SEQUENCE_MS + 1 }))).toEqual([undefined, 'picture']);
    expect(type(press('g'), press('x', { at: 1 }), press('h', { at: 2 }))).toEqual([undefined, undefined, undefined]);
  });

  it('leave alone what is typed somewhere and what belongs to the browser', () => {
    expect(type(press('c', { typing: true }), press('c', { modified: true }))).toEqual([undefined, undefined]);
    expect(type(press('g'), press('h', { typing: true }), press('h'))).toEqual([undefined, undefined, undefined]);
  });

  it('work while a Korean input method is on', () => {
    expect(type(press('ㅓ', { code: 'KeyJ' }))).toEqual(['next']);
  });
});
