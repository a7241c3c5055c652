import { expect, test } from 'vitest';
import { TrafficTurns } from './traffic-turns.ts';

test('a capture is alone, senders are together, and nobody is passed over', async () => {
  const turns = new TrafficTurns();
  const running = new Set<string>();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    running.add(name);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push([...running].sort().join('+'));
    running.delete(name);
  };
  const failing = turns.send(() => Promise.reject(new Error('no')));
  await Promise.all([
    expect(failing).rejects.toThrow('no'),
    turns.send(work('a')),
    turns.send(work('b')),
    turns.listen(work('C')),
    turns.send(work('d')),
    turns.listen(work('E')),
    turns.listen(work('F')),
  ]);
  expect(seen).toEqual(['a+b', 'b', 'C', 'd', 'E', 'F']);
});
