import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HIGH_WATER_BYTES } from '../lab-agent/contract/terminal.ts';
import { connectTerminalHost } from '../lab-agent/terminal/client.ts';
import { SOCKET_NAME } from '../lab-agent/terminal/control.ts';
import { Pty } from '../lab-agent/terminal/pty.ts';
import { HERE, Screen } from '../lab-agent/terminal/testing.ts';
import { openAppTerminal } from './app-terminal.ts';
import { median, quantile, report } from './report.ts';

/** Terminals: the way of a key, Ctrl-C under a flood, and what a reader that stalls costs the server. */
const KEYS = 300;
const ROUNDS = 5;
const LAB = 'benchbench00';
const FLOOD = `yes ${'x'.repeat(199)}`;
const ECHO = 'stty raw -echo; echo REA""DY; exec cat';
const bash = (script: string): [string, ...string[]] => ['setsid', '-c', 'bash', '--norc', '-c', script];
const size = { cols: 80, rows: 24 };

/** Something that echoes keys: a bare pty, or a shell behind sockets. */
type Echo = { send(key: string): void; onKey: () => void };

const runDir = mkdtempSync(join(tmpdir(), 'hoplab-bench-'));
const host = await connectTerminalHost({ runDir });
const attach = (id: string) => Screen.connect(`ws+unix://${runDir}/${SOCKET_NAME}:/sessions/${id}/attach`);
const open = async (script: string) => {
  const launch = { ...HERE, argv: bash(script) };
  return (await host.open({ lab: LAB, node: 'bench', name: 'bench', size, launch })).id;
};

try {
  // First, while the host's heap is still small: garbage of the floods would hide the growth.
  await stalledReaders();
  await keys();
  await interrupt();
} finally {
  await host.shutdown();
  rmSync(runDir, { recursive: true, force: true });
}
// Sockets that were stalled on purpose would keep the process.
process.exit(0);

async function keys(): Promise<void> {
  const ways: Record<string, Echo> = {
    'bare pty': await barePty(),
    'terminal host': await echoOf(await attach(await open(ECHO))),
  };
  const { HOPLAB_TEST_URL: app = process.env.HOPLAB_URL } = process.env;
  if (app) {
    const screen = await openAppTerminal(app);
    screen.type('stty raw -echo; echo REA""DY; exec cat\r');
    ways['app and agent'] = await echoOf(screen);
  }
  const seen: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.entries(ways);
    for (const [name, echo] of round % 2 ? order.reverse() : order) {
      seen[name] ??= [];
      seen[name].push(median(await keyTimes(echo)));
    }
  }
  const bare = seen['bare pty'] ?? [];
  report('keystroke echo, bare pty, p50', median(bare), 'ms');
  for (const [name, medians] of Object.entries(seen)) {
    if (name === 'bare pty') continue;
    const more = medians.map((value, round) => value - (bare[round] ?? 0));
    report(`keystroke echo through ${name}, above a bare pty, p50`, median(more), 'ms', 1);
  }
}

async function keyTimes(echo: Echo): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < KEYS; i++) {
    const at = performance.now();
    await new Promise<void>((resolve) => {
      echo.onKey = resolve;
      echo.send('k');
    });
    times.push(performance.now() - at);
    await sleep(1);
  }
  return times;
}

async function barePty(): Promise<Echo> {
  const echo: Echo = { send: () => {}, onKey: () => {} };
  let text = '';
  const ready = new Promise<void>((resolve) => {
    const data = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-20);
      if (text.includes('READY')) resolve();
      else if (!text.includes('R')) echo.onKey();
    };
    void Pty.start({ ...HERE, argv: bash(ECHO) }, size, { data, exit: () => {} }).then((pty) => {
      echo.send = (key) => pty.input.push(Buffer.from(key), () => {});
    });
  });
  await ready;
  text = '';
  return echo;
}

async function echoOf(screen: Screen): Promise<Echo> {
  await screen.until(() => /READY\s*$/.test(screen.tail), 'a raw terminal');
  const echo: Echo = { send: (key) => screen.type(key), onKey: () => {} };
  screen.onBytes = () => echo.onKey();
  return echo;
}

/** A reader that parses 10 MB/s, as xterm.js on a slow machine: from Ctrl-C to the prompt being parsed. */
async function interrupt(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    using screen = await attach(await open('PS1="READY> " exec bash --norc --noprofile -i'));
    await screen.until(() => screen.tail.includes('READY> '), 'a prompt');
    let queue = 0;
    let tail = '';
    let last = performance.now();
    screen.stalled = true;
    screen.onBytes = (bytes) => {
      queue += bytes.length;
      tail = (tail + bytes.toString()).slice(-100);
    };
    const parser = setInterval(() => {
      const now = performance.now();
      queue = Math.max(0, queue - (now - last) * 10_000);
      last = now;
      screen.socket.send(JSON.stringify({ type: 'ack', offset: Math.floor(screen.offset - queue) }));
    }, 5);
    screen.type(`${FLOOD}\r`);
    await screen.until(() => screen.offset > 8_000_000, 'a flood');
    const at = performance.now();
    screen.type('\x03');
    await screen.until(() => queue === 0 && tail.endsWith('READY> '), 'the prompt');
    times.push(performance.now() - at);
    clearInterval(parser);
  }
  report('Ctrl-C under a flood, reader of 10 MB/s, median', median(times), 'ms', 100);
  report('Ctrl-C under a flood, reader of 10 MB/s, slowest', quantile(times, 1), 'ms');
}

/** The host's memory for each owner that floods its own terminal and takes nothing: socket, frames and ring. */
async function stalledReaders(): Promise<void> {
  const pid = await hostPid();
  const sockets: Screen[] = [];
  const before = await settled(pid);
  const count = 20;
  for (let i = 0; i < count; i++) {
    const screen = await attach(await open(`read; ${FLOOD}`));
    screen.stalled = true;
    screen.type('\r');
    screen.socket.pause();
    sockets.push(screen);
  }
  await sleep(3000);
  report('host growth per stalled reader', ((await settled(pid)) - before) / count / 1024, 'MB', 2);
  // A flood that is not there would grow nothing: each must have filled its window.
  for (const screen of sockets) {
    screen.socket.resume();
    await screen.until(() => screen.offset >= HIGH_WATER_BYTES, 'a full window');
    screen[Symbol.dispose]();
  }
  await host.closeLab(LAB);
}

/** The smallest of some readings, so that garbage not yet collected counts less; in KiB. */
async function settled(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    await sleep(100);
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    least = Math.min(least, Number(rss));
  }
  return least;
}

/** The process that holds the lock of the run directory. */
async function hostPid(): Promise<number> {
  const log = readFileSync(join(runDir, 'terminal-host.log'), 'utf8');
  const pid = /terminal host (\d+) listens/.exec(log)?.[1];
  if (pid) return Number(pid);
  throw new Error('the host has not said its number');
}
