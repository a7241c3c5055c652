import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRoot } from './privilege.mjs';
import { runFor } from './run.mjs';
import { root } from './settings.mjs';

const LOG_MAX_BYTES = 5e6;
const LAST_LINES = 15;

/**
 * Starts a process that goes on until it is ended. Its output goes to a log file, which it can still write to when we
 * are gone.
 * @param {{ name: string, argv: string[], env: Record<string, string>, log: string, show?: boolean }} options `show` prints it here instead
 */
export function startProcess({ name, argv, env, log, show = false }) {
  const out = show ? undefined : openLog(log);
  const child = spawn(argv[0], argv.slice(1), {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', out ?? 'inherit', out ?? 'inherit'],
    // Ctrl-C must reach us alone: we end the app first, then the agent. sudo needs our terminal to know its user.
    detached: argv[0] !== 'sudo',
  });
  if (out !== undefined) closeSync(out);
  let ended;
  const exited = new Promise((resolve) => {
    const end = (why) => {
      ended ??= why;
      resolve(ended);
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(signal ? `was ended by ${signal}` : `ended with status ${code}`));
  });
  return {
    name,
    pid: child.pid,
    log,
    exited,
    /** Why it ended, or undefined while it runs. */
    ended: () => ended,
    signal: (name) =>
      ended === undefined && child.pid ? signalProcess(child.pid, name, argv[0] === 'sudo') : undefined,
  };
}

/** Sends a signal, through sudo to what runs as root for a user who is not: sudo passes it on. */
export async function signalProcess(pid, name, elevated = false) {
  try {
    if (!elevated || isRoot()) return void process.kill(pid, name);
  } catch (error) {
    if (error.code === 'ESRCH') return;
    if (error.code !== 'EPERM') throw error;
  }
  await runFor(['sudo', 'kill', `-${name.replace('SIG', '')}`, String(pid)], {
    stdio: ['inherit', 'ignore', 'ignore'],
  });
}

/** Ends a process; one that does not listen is killed after the given time. Returns false when that was needed. */
export async function endProcess(running, { signal = 'SIGTERM', ms }) {
  if (running.ended() !== undefined) return true;
  await running.signal(signal);
  const inTime = await Promise.race([running.exited.then(() => true), after(ms)]);
  if (inTime) return true;
  await running.signal('SIGKILL');
  await running.exited;
  return false;
}

function after(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, false).unref();
  });
}

/** The end of a log, for a message about the process that wrote it. */
export function lastLines(log) {
  if (!existsSync(log)) return '';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}

function openLog(file) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file) && statSync(file).size > LOG_MAX_BYTES) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}
