import { expect, test } from 'vitest';
import { commandOf, complaints, source } from './source.ts';

test('says which patterns an output does not fulfil, line by line', () => {
  const command = { ...commandOf('mode-02'), expect: ['^one$', '^two$'], absent: ['tunl0'] };
  expect(complaints(command, 'zero\none\ntwo\n')).toEqual([]);
  expect(complaints(command, 'one two tunl0')).toEqual([
    'does not match ^one$',
    'does not match ^two$',
    'must not match tunl0',
  ]);
});

test('every set-up that a command is given is explained in the file', () => {
  const known = [...Object.keys(source.setups), ...source.commands.map(({ id }) => id)];
  expect(source.commands.flatMap(({ given }) => given).filter((name) => !known.includes(name))).toEqual([]);
});

test('an unknown entry is an error', () => {
  expect(() => commandOf('none-01')).toThrow(/has no entry none-01/);
});
