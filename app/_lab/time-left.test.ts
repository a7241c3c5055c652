import { expect, it } from 'vitest';
import { timeLeft } from './time-left.ts';

it('tells the time that is left in the largest units that matter', () => {
  expect(timeLeft(112 * 60_000 + 59_000, 'en')).toBe('1 hr 52 min');
  expect(timeLeft(45 * 60_000, 'ko')).toBe('45분');
  expect(timeLeft(120 * 60_000, 'en')).toBe('2 hr');
  expect(timeLeft(29_100, 'en')).toBe('30 sec');
  expect(timeLeft(-5, 'en')).toBe('0 sec');
});
