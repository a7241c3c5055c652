import { expect, test } from 'vitest';
import { emptyLayout, MAX_PANES, reconcile, show, split, unsplit } from './pane-layout.ts';

test('something is in view as long as there is a terminal, and the closed are taken out', () => {
  const one = reconcile(emptyLayout, ['a', 'b']);
  expect(one).toEqual({ shown: ['a'], focused: 'a', direction: 'row' });
  expect(reconcile(one, ['a', 'b'])).toBe(one);
  expect(reconcile(one, ['b']).shown).toEqual(['b']);
  expect(reconcile(one, [])).toEqual({ shown: [], focused: undefined, direction: 'row' });
});

test('a terminal that was asked for takes the focused place or a new one', () => {
  const one = reconcile(emptyLayout, ['a']);
  expect(reconcile(one, ['a', 'b'], 'b', { split: undefined }).shown).toEqual(['b']);
  expect(reconcile(one, ['a', 'b'], 'b', { split: 'column' })).toEqual({
    shown: ['a', 'b'],
    focused: 'b',
    direction: 'column',
  });
});

test('splits up to a bound, and a shown terminal is only focused', () => {
  let layout = reconcile(emptyLayout, ['a']);
  for (const id of ['b', 'c', 'd', 'e']) layout = split(layout, id, 'row');
  expect(layout.shown).toHaveLength(MAX_PANES);
  expect(layout.shown.at(-1)).toBe('e');
  expect(show(layout, 'a')).toEqual({ ...layout, focused: 'a' });
  expect(unsplit(layout, 'e').focused).toBe('a');
});
