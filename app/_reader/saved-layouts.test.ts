import { expect, it } from 'vitest';
import { clampShare, readLayouts, shareAfterKey } from './saved-layouts.ts';

it('takes saved places of dividers and nothing else from the cookie', () => {
  const standard = { lesson: 46, lab: 42 };
  expect(readLayouts('lesson:40.5_lab:60')).toEqual({ lesson: 40.5, lab: 60 });
  expect(readLayouts('lab:3')).toEqual({ lesson: 46, lab: 15 });
  for (const bad of [undefined, '', '%', 'lesson:900', 'lesson:-1_x:2', '__proto__:4']) {
    expect(readLayouts(bad), String(bad)).toEqual(standard);
  }
});

it('moves a divider by keys along its own axis, and never until a part is gone', () => {
  expect(shareAfterKey(46, 'ArrowRight', true)).toBe(48);
  expect(shareAfterKey(46, 'ArrowUp', false)).toBe(44);
  expect(shareAfterKey(46, 'ArrowUp', true)).toBeUndefined();
  expect(shareAfterKey(84, 'ArrowRight', true)).toBe(85);
  expect(shareAfterKey(46, 'Home', true)).toBe(15);
  expect(clampShare(-20)).toBe(15);
});
