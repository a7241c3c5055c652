import { expect, test } from 'vitest';
import { ModeLog } from './mode-log.ts';
import { Ring } from './ring.ts';
import { safeStart } from './safe-start.ts';
import { type Found, Scanner } from './scanner.ts';

const STREAM = Buffer.from(
  'a\x1b]133;D;3\x07\x1b]133;A\x07$ \x1b]133;A;k=s\x1b\\> \x1b]133;C\x07\x1b[?1049;25h한\x1b[31m\x1b]0;t\x07\x1b[?1049l\x1bc\x1b\x1b]133;A\x07',
);

test('finds the same marks and modes wherever the stream is cut', () => {
  const whole = new Scanner().scan(STREAM, 0);
  expect(whole.map(({ offset: _, ...found }) => found)).toEqual([
    { type: 'prompt', continuation: false, exit: 3 },
    { type: 'prompt', continuation: true, exit: undefined },
    { type: 'running' },
    { type: 'mode', modes: [1049, 25], on: true },
    { type: 'mode', modes: [1049], on: false },
    { type: 'full-reset' },
    { type: 'prompt', continuation: false, exit: 3 },
  ]);
  expect(STREAM.subarray(0, whole[0]?.offset).toString()).toBe('a\x1b]133;D;3\x07\x1b]133;A\x07');
  for (const step of [1, 2, 3, 5, 7]) {
    const scanner = new Scanner();
    const found: Found[] = [];
    for (let at = 0; at < STREAM.length; at += step) found.push(...scanner.scan(STREAM.subarray(at, at + step), at));
    expect(found).toEqual(whole);
  }
});

test('modes are known for any offset that the ring still has', () => {
  const modes = new ModeLog();
  modes.set(10, [1049, 2004], true);
  modes.set(20, [1049], false);
  modes.set(30, 'all', false);
  expect([9, 10, 20, 30].map((offset) => modes.at(offset))).toEqual([[], [1049, 2004], [2004], []]);
  modes.forgetBefore(15);
  expect(modes.at(15)).toEqual([1049, 2004]);
});

test('a replay begins after what may be torn, wherever the ring begins', () => {
  const piece = '\x1b[38;5;196mrot\x1b]0;a\nb\x07 한\x1bP1;2q\nxx\x1b\\grün\r\n';
  const starts = new Set<string>();
  const length = Buffer.byteLength(piece);
  for (let cut = 1; cut <= length; cut++) {
    const ring = new Ring(4 * length);
    ring.append(Buffer.from(piece.repeat(4)));
    ring.append(Buffer.from(piece).subarray(0, cut));
    starts.add(ring.read(safeStart(ring), ring.end).toString().slice(0, 8));
  }
  for (const start of starts) {
    const at = piece.repeat(2).indexOf(start);
    expect(at, JSON.stringify(start)).toBeGreaterThanOrEqual(0);
    // Not within the title, the device string or a colour.
    const before = piece.repeat(2).slice(0, at);
    expect(before.lastIndexOf('\x1b]') > before.lastIndexOf('\x07'), JSON.stringify(start)).toBe(false);
    expect(before.lastIndexOf('\x1bP') > before.lastIndexOf('\x1b\\'), JSON.stringify(start)).toBe(false);
  }
});
