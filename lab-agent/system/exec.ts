import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Starts programs, by argument lists and never by a shell string. It knows nothing of labs. */
export type RunOptions = {
  /** Milliseconds until it is killed; without it, it may take as long as it likes. */
  timeoutMs?: number;
  signal?: AbortSignal;
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Bytes of stdout and of stderr kept, each; a program that prints more is killed. */
  maxBytes?: number;
  /** File descriptors of ours that become 3, 4, … in the program. */
  fds?: readonly number[];
};

export type RunResult =
  | { ended: 'exit'; code: number; stdout: string; stderr: string }
  | { ended: 'timeout' | 'too-much' | 'aborted'; stdout: string; stderr: string }
  | { ended: 'failed'; why: string; stdout: string; stderr: string };

const DEFAULT_MAX_BYTES = 1024 * 1024;
/** What our own programs see of the environment: nothing of the agent's secrets. */
export const PLAIN_ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: '/root' };

/** Runs a program to its end. Never throws for what the program does. */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = start(argv, options, options.input === undefined ? 'ignore' : 'pipe');
    const max = options.maxBytes ?? DEFAULT_MAX_BYTES;
    let ended: 'timeout' | 'too-much' | 'aborted' | undefined;
    const stop = (why: NonNullable<typeof ended>) => {
      ended ??= why;
      killGroup(child);
      // It may have ended long ago while a program that it left behind holds its pipes.
      if (child.exitCode !== null || child.signalCode !== null)
        finish({ ended: why, stdout: stdout(), stderr: stderr() });
    };
    const stdout = gather(child.stdout, max, () => stop('too-much'));
    const stderr = gather(child.stderr, max, () => stop('too-much'));
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => stop('timeout'), options.timeoutMs);
    const onAbort = () => stop('aborted');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted) onAbort();
    const finish = (result: RunResult) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    child.on('error', (error) => finish({ ended: 'failed', why: error.message, stdout: stdout(), stderr: stderr() }));
    // A grandchild may keep the pipes open after the program has been killed, so a stop does not wait for them.
    child.on('exit', () => ended && finish({ ended, stdout: stdout(), stderr: stderr() }));
    child.on('close', (code, killedBy) => {
      const text = { stdout: stdout(), stderr: stderr() };
      if (ended) finish({ ended, ...text });
      else finish({ ended: 'exit', code: code ?? signalStatus(killedBy), ...text });
    });
    if (options.input !== undefined) {
      child.stdin?.on('error', () => undefined); // it may end without reading; its exit tells the story
      child.stdin?.end(options.input);
    }
  });
}

export type Followed = {
  data(chunk: Buffer): void;
  error?(text: string): void;
  end?(why: string): void;
  /** Milliseconds for which nothing is read after each chunk; the program waits meanwhile. For floods that say one thing. */
  restMs?: number;
};

/** A program that goes on until it is disposed or ends by itself. */
export function follow(
  argv: readonly [string, ...string[]],
  on: Followed,
  options: Pick<RunOptions, 'env' | 'cwd' | 'fds'> = {},
): Disposable {
  const child = start(argv, options, 'ignore');
  let live = true;
  const end = (why: string) => {
    if (!live) return;
    live = false;
    on.end?.(why);
  };
  let resting: NodeJS.Timeout | undefined;
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!live) return;
    on.data(chunk);
    if (on.restMs === undefined) return;
    child.stdout?.pause();
    resting = setTimeout(() => child.stdout?.resume(), on.restMs);
  });
  child.stderr?.on('data', (chunk: Buffer) => live && on.error?.(chunk.toString('utf8')));
  child.on('error', (error) => end(error.message));
  child.on('close', (code, signal) => end(signal ? `ended by ${signal}` : `ended with status ${code}`));
  return {
    [Symbol.dispose]() {
      live = false;
      clearTimeout(resting);
      child.stdout?.resume(); // so that it closes
      killGroup(child);
    },
  };
}

/**
 * A program that outlives this process. Its stdout and stderr go to `log` (a file descriptor), fd 3 is a pipe that is read
 * here while we live. Returns the pipe; the program is on its own.
 */
export function launch(
  argv: readonly [string, ...string[]],
  log: number,
  options: { env?: Record<string, string> } = {},
): {
  status: Readable;
  exited: Promise<string>;
} {
  const [program, ...rest] = argv;
  const child = spawn(program, rest, {
    detached: true,
    env: options.env ?? PLAIN_ENV,
    stdio: ['ignore', log, log, 'pipe'],
  });
  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(signal ?? `status ${code}`));
  });
  child.unref();
  return { status: child.stdio[3] as Readable, exited };
}

function start(argv: readonly [string, ...string[]], options: RunOptions, stdin: 'ignore' | 'pipe'): ChildProcess {
  const [program, ...rest] = argv;
  const stdio: StdioOptions = [stdin, 'pipe', 'pipe', ...(options.fds ?? [])];
  return spawn(program, rest, { stdio, cwd: options.cwd ?? '/', env: options.env ?? PLAIN_ENV, detached: true });
}

/** The whole process group: nsenter waits beside the program that it started, and does not pass a kill on. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function gather(stream: Readable | null, max: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (size + chunk.length > max) return tooMuch();
    size += chunk.length;
    chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** A shell's convention: 128 and the signal's number; the few that matter here. */
function signalStatus(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGTERM: 15,
  };
  return signal ? 128 + (numbers[signal] ?? 0) : -1;
}
