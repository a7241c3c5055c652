import { expect, it } from 'vitest';
import { isRight } from './judge.ts';

it('compares typed answers without case and outer space', () => {
  const quiz = { answers: ['ip link', '/proc'], many: false };
  expect(isRight(quiz, ['  IP   Link '])).toBe(true);
  expect(isRight(quiz, ['iplink'])).toBe(false);
  expect(isRight(quiz, ['ip link', '/proc'])).toBe(false);
});

it('takes options as they are written', () => {
  const quiz = { options: ['One', 'Two'], answers: ['Two'], many: false };
  expect(isRight(quiz, ['Two'])).toBe(true);
  expect(isRight(quiz, ['two'])).toBe(false);
});

it('wants all right options and no other', () => {
  const quiz = { options: ['A', 'B', 'C'], answers: ['A', 'C'], many: true };
  expect(isRight(quiz, ['C', 'A'])).toBe(true);
  expect(isRight(quiz, ['A'])).toBe(false);
  expect(isRight(quiz, ['A', 'B', 'C'])).toBe(false);
});
