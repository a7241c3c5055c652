import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { follow } from './exec.ts';

test('a flood is read a few times a second when it says one thing, and its end is heard', async () => {
  let chunks = 0;
  const ended = await new Promise<string>((end) => {
    // Prints as fast as it may; ends by itself, while its reader rests.
    follow(['sh', '-c', 'timeout 0.5 yes; echo last'], { data: () => chunks++, end, restMs: 50 });
  });
  expect(ended).toBe('ended with status 0');
  expect(chunks).toBeGreaterThan(2);
  expect(chunks).toBeLessThan(25);
});

test('disposing ends a program that waits for its reader', async () => {
  let chunks = 0;
  {
    using _flood = follow(['yes'], { data: () => chunks++, restMs: 60_000 });
    await expect.poll(() => chunks).toBe(1);
  }
  await sleep(100);
  expect(chunks).toBe(1);
});
