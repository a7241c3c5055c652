import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HIGH_WATER_BYTES } from '../contract/terminal.ts';
import { TestHost } from './testing.ts';

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host[Symbol.asyncDispose]());

const bash = (script: string): [string, ...string[]] => ['setsid', '-c', 'bash', '--norc', '--noprofile', '-c', script];
/** Numbered lines, so that any byte lost or doubled changes the sum. */
const LINES = 1_000_000;
const expected = (() => {
  const hash = createHash('sha256');
  for (let i = 1; i <= LINES; i++) hash.update(`${i}\r\n`);
  return hash.digest('hex');
})();

test('no byte is lost or doubled over random disconnects and stalls', async () => {
  const { id } = await host.open(bash(`read; stty -echo; seq ${LINES}; sleep 100`));
  const hash = createHash('sha256');
  let offset = 0;
  let begun = false;
  let connections = 0;
  // Offset 0 is the first byte; the echo of the Enter that starts it is left out.
  const skip = '\r\n'.length;
  const total = Array.from({ length: LINES }, (_, i) => String(i + 1).length + 2).reduce((a, b) => a + b) + skip;
  while (offset < total) {
    using screen = await host.attach(id, `from=${offset}`);
    connections++;
    expect(screen.attached.reset).toBe(false);
    expect(screen.attached.from).toBe(offset);
    const take = (bytes: Buffer) => {
      hash.update(bytes.subarray(Math.max(0, skip - offset)));
      offset += bytes.length;
    };
    for (const chunk of screen.chunks) take(chunk);
    screen.onBytes = take;
    if (!begun) screen.type('\r');
    begun = true;
    const stopAt = offset + Math.random() * 400_000;
    await screen.until(() => offset >= stopAt || offset >= total, 'bytes');
    if (Math.random() < 0.5) {
      screen.stalled = true;
      await sleep(Math.random() * 30);
    }
  }
  expect(connections).toBeGreaterThan(10);
  expect(hash.digest('hex')).toBe(expected);
}, 60_000);

test('a stalled owner stops the program, not the memory; the program goes on when it reads again', async () => {
  const { id } = await host.open(bash('read; seq 1000000; echo DONE; sleep 100'));
  using screen = await host.attach(id);
  screen.stalled = true;
  screen.type('\r');
  await screen.until(() => screen.offset >= HIGH_WATER_BYTES, 'a full window');
  const before = screen.offset;
  await sleep(300);
  expect(screen.offset).toBe(before);
  screen.stalled = false;
  screen.ack();
  await screen.until(() => screen.tail.includes('DONE'));
  expect(screen.messages.filter((m) => m.type === 'attached')).toHaveLength(1);
});

test('a stalled second window and a stalled viewer stop nothing and begin anew', async () => {
  const { id } = await host.open(bash('read; seq 1000000; echo DONE; sleep 100'));
  using owner = await host.attach(id);
  using window = await host.attach(id);
  using viewer = await host.attach(id, 'role=viewer');
  window.stalled = viewer.stalled = true;
  owner.type('\r');
  await owner.until(() => owner.tail.includes('DONE'));
  for (const late of [window, viewer]) {
    expect(late.tail).not.toContain('DONE');
    late.stalled = false;
    late.chunks.length = 0;
    late.ack();
    await late.until(() => late.tail.includes('DONE'));
    expect(late.attached.reset).toBe(true);
    expect(late.offset).toBe(owner.offset);
  }
});

test('a shell goes on without a viewer', async () => {
  const { id } = await host.open(bash('seq 300000; echo DONE; sleep 100'));
  {
    using screen = await host.attach(id);
    screen.stalled = true;
    await screen.until(() => screen.offset > 1000);
  }
  using later = await host.attach(id);
  await later.until(() => later.tail.includes('DONE'));
});

test('Ctrl-C under a flood is seen at once by a reader of 10 MB/s', async () => {
  const { id } = await host.open();
  using screen = await host.attach(id);
  let queue = 0;
  let tail = '';
  screen.stalled = true;
  screen.onBytes = (bytes) => {
    queue += bytes.length;
    tail = (tail + bytes.toString()).slice(-200);
  };
  const drain = setInterval(() => {
    queue = Math.max(0, queue - 50_000);
    screen.socket.send(JSON.stringify({ type: 'ack', offset: screen.offset - queue }));
  }, 5);
  screen.type(`yes ${'x'.repeat(199)}\r`);
  await screen.until(() => screen.offset > 5_000_000, 'a flood');
  const at = performance.now();
  screen.type('\x03');
  await screen.until(() => queue === 0 && tail.endsWith('$ '), 'the prompt');
  clearInterval(drain);
  expect(performance.now() - at).toBeLessThan(500);
}, 20_000);

test('a paste that nobody reads neither spins nor stops the output, and Ctrl-C comes through', async () => {
  const { id } = await host.open(bash('stty raw -echo; echo READY; sleep 100'));
  using screen = await host.attach(id);
  await screen.until(() => screen.text.includes('READY'));
  for (let i = 0; i < 4; i++) screen.type(Buffer.alloc(60_000, 'p'));
  await sleep(100);
  const before = process.cpuUsage();
  await sleep(1000);
  const used = process.cpuUsage(before);
  expect((used.user + used.system) / 1e6).toBeLessThan(0.15);
  screen.type('\x03');
  await screen.until(() => screen.messages.some((m) => m.type === 'accepted' && m.bytes >= 230_000), 'all dropped');
});

test('a large paste into an echoing program arrives whole', async () => {
  const { id } = await host.open(bash('stty raw -echo; echo READY; head -c 2000000 | md5sum; sleep 100'));
  using screen = await host.attach(id);
  await screen.until(() => screen.text.includes('READY'));
  const paste = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => 32 + ((i * 7 + (i >> 8)) % 90)));
  for (let at = 0; at < paste.length; at += 50_000) {
    screen.type(paste.subarray(at, at + 50_000));
    await screen.until(() => screen.messages.some((m) => m.type === 'accepted' && m.bytes > at - 16_384), 'room');
  }
  await screen.until(() => screen.text.includes(createHash('md5').update(paste).digest('hex')), 'the sum');
});
