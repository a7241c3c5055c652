import { expect, it } from 'vitest';
import { readLayouts } from './saved-layouts.ts';

it('takes saved layouts and nothing else from the cookie', () => {
  expect(readLayouts(encodeURIComponent('{"lesson":{"text":40,"lab":60},"x":1}'))).toEqual({
    lesson: { text: 40, lab: 60 },
  });
  for (const bad of [
    undefined,
    '',
    '%',
    'null',
    '[]',
    '{"lesson":{"text":"a","lab":2}}',
    '{"lesson":{"text":900,"lab":1}}',
  ])
    expect(readLayouts(bad), String(bad)).toEqual({});
});
