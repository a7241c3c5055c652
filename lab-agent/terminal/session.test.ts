import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE_BAD_MESSAGE, CLOSE_EXITED, CLOSE_GONE, RING_BYTES } from '../contract/terminal.ts';
import { HERE, TestHost } from './testing.ts';

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host[Symbol.asyncDispose]());

const bash = (script: string): [string, ...string[]] => ['setsid', '-c', 'bash', '--norc', '--noprofile', '-c', script];

test('a shell has a terminal of its own, with a size that follows the owner', async () => {
  const { id } = await host.open();
  using screen = await host.attach(id, 'cols=101&rows=31');
  screen.type('tty; stty size\r');
  await screen.until(() => /\/dev\/pts\/\d+\r\n31 101\r\n/.test(screen.text));
  screen.socket.send(JSON.stringify({ type: 'resize', cols: 90, rows: 20 }));
  screen.type('stty size\r');
  await screen.until(() => screen.text.includes('20 90'));
});

test('the exit code arrives after the last byte, and the end can be read later', async () => {
  // The pause is for the kernel: when a session's leader ends, it throws away what has not been read yet (tty_vhangup_session).
  const { id } = await host.open(bash('seq 50000; sleep 0.5; exit 7'));
  using screen = await host.attach(id);
  await screen.until(() => screen.closed);
  expect(screen.text.endsWith('50000\r\n')).toBe(true);
  expect(screen.messages.at(-1)).toEqual({ type: 'exit', code: 7 });
  expect(screen.closed?.code).toBe(CLOSE_EXITED);
  using late = await host.attach(id);
  await late.until(() => late.closed);
  expect(late.text.endsWith('50000\r\n')).toBe(true);
  expect(host.events.find((e) => e.session === id && e.type === 'exit')?.exit).toBe(7);
});

test('a shell that cannot start says why', async () => {
  await expect(host.open(['/no/such/program'])).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: The shell did not start: run /no/such/program: No such file or directory]`,
  );
  await expect(
    host.client.open({
      lab: 'testtesttest',
      node: 'red',
      name: 'x',
      size: { cols: 80, rows: 24 },
      launch: { ...HERE, ptmx: '/dev/null' },
    }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`[HoplabError: /dev/null is not a terminal multiplexer]`);
});

test('no shell inherits a master, a lock or anything else', async () => {
  const first = await host.open();
  const { id } = await host.open();
  using screen = await host.attach(id);
  screen.type('echo pid=$$\r');
  await screen.until(() => /pid=\d+/.test(screen.text));
  const pid = /pid=(\d+)/.exec(screen.text)?.[1];
  const fds = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  expect(fds.filter((target) => !/^\/dev\/(pts\/\d+|tty)$/.test(target))).toEqual([]);
  expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/SigIgn:\t0000000000[0-9a-f]{6}/);
  await host.client.close(first.id);
});

test('marks across chunk borders tell prompt, status and what is running', async () => {
  const { id } = await host.open(HERE.argv, 'testtesttest', {
    ...HERE.env,
    PROMPT_COMMAND: String.raw`printf '\e]133;D;%s\a\e]133;A\a' $?`,
    PS2: '\x1b]133;A;k=s\x07> ',
  });
  using screen = await host.attach(id);
  await screen.until(() => screen.messages.some((m) => m.type === 'prompt') || screen.attached.state === 'prompt');
  screen.type('(exit 3)\r');
  await screen.until(() => screen.messages.some((m) => m.type === 'prompt' && m.exit === 3));
  screen.type('echo "\r');
  await screen.until(() => screen.messages.some((m) => m.type === 'prompt' && m.continuation));
  screen.type('"; sleep 100\r');
  await screen.until(() => screen.text.includes('sleep 100\r\n'));
  using second = await host.attach(id);
  expect(second.attached.state).toBe('running');
  expect(host.events.some((e) => e.session === id && e.type === 'prompt' && e.exit === 3)).toBe(true);
  expect(host.events.some((e) => e.session === id && e.type === 'input')).toBe(true);
});

test('a viewer cannot type or resize', async () => {
  const { id } = await host.open();
  using viewer = await host.attach(id, 'role=viewer&cols=33&rows=33');
  viewer.type('echo from-viewer\r');
  viewer.socket.send(JSON.stringify({ type: 'resize', cols: 44, rows: 44 }));
  using owner = await host.attach(id);
  owner.type('stty size\r');
  await owner.until(() => owner.text.includes('24 80'));
  expect(owner.text).not.toContain('from-viewer');
});

test('bad messages close the connection and leave the session alone', async () => {
  const { id } = await host.open();
  const bad = ['{', '{"type":"resize","cols":1e9,"rows":1}', '{"type":"ack","offset":999999}', Buffer.from([9, 9])];
  for (const message of bad) {
    using screen = await host.attach(id);
    screen.socket.send(message);
    await screen.until(() => screen.closed);
    expect(screen.closed?.code).toBe(CLOSE_BAD_MESSAGE);
  }
  using large = await host.attach(id);
  large.type(Buffer.alloc(70_000));
  await large.until(() => large.closed);
  expect(large.closed?.code).toBe(1009);
  using gone = await host.attach('0'.repeat(32));
  expect(gone.closed?.code).toBe(CLOSE_GONE);
  using alive = await host.attach(id);
  alive.type('echo al""ive\r');
  await alive.until(() => alive.text.includes('alive'));
});

test('a reload replays from a whole character and sequence, with the modes that were set', async () => {
  const line = '\\033[38;5;196mrot \\033]0;title\\007한국어\\033[0m\\n';
  const { id } = await host.open(
    bash(`printf '\\033[?1049h\\033[?2004h'; for i in {1..30000}; do printf '${line}'; done; printf END; sleep 100`),
  );
  using first = await host.attach(id);
  await first.until(() => first.text.endsWith('END'));
  using reload = await host.attach(id);
  await reload.until(() => reload.text.endsWith('END'));
  expect(reload.attached.reset).toBe(true);
  expect(reload.attached.modes.sort()).toEqual([1049, 2004]);
  expect(reload.attached.replayUntil).toBe(reload.offset);
  expect(reload.text.length).toBeGreaterThan(RING_BYTES / 3);
  expect(reload.text).not.toContain('\uFFFD');
  const whole = '\x1b[38;5;196mrot \x1b]0;title\x07한국어\x1b[0m\r\n';
  expect(whole.endsWith(reload.text.slice(0, reload.text.indexOf('\n') + 1))).toBe(true);
  expect(reload.text.slice(0, 4)).toMatch(/^(?:\P{ASCII}|rot|\W)/u);
});

test('one lab cannot open shells without end, and closing a lab ends them all', async () => {
  const lab = 'limitlimit00';
  await Promise.all(Array.from({ length: 32 }, () => host.open(bash('sleep 1000'), lab)));
  await expect(host.open(HERE.argv, lab)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: A lab has at most 32 terminals]`,
  );
  await host.client.closeLab(lab);
  expect(await host.client.list(lab)).toEqual([]);
});

test('a lab that prints marks without end floods no agent, which still hears of the last prompt', async () => {
  const flood = String.raw`for i in $(seq 20000); do printf '\e]133;D;1\a\e]133;A\a'; done; printf '\e]133;D;42\a\e]133;A\a'; sleep 5`;
  const started = performance.now();
  const { id } = await host.open(bash(flood));
  const prompts = () => host.events.filter((e) => e.session === id && e.type === 'prompt');
  await expect.poll(() => prompts().at(-1)?.exit, { timeout: 10_000 }).toBe(42);
  expect(prompts().length).toBeLessThan(23 + (performance.now() - started) / 90);
  await host.client.close(id);
});
