import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { ReadStream } from 'node:tty';
import { HoplabError } from '../contract/errors.ts';
import type { ShellLaunch } from '../providers/provider.ts';
import { ATTACH_SCRIPT } from './attach-script.ts';
import { InputQueue } from './input-queue.ts';
import { setWindowSize } from './winsize.ts';

/** Major 5, minor 2: the pty multiplexer, in any devpts. */
const PTMX_DEVICE = (5 << 8) | 2;
/** After the shell's end, output of what it left behind is awaited this long; after the output's end, the exit status. */
const END_GRACE_MS = 200;
/** What was printed before the end may take longer to be read on a busy machine, or by a slow reader; this is the longest. */
const LAST_BYTES_MS = 5000;
const KILL_AFTER_MS = 1000;

type Size = { cols: number; rows: number };
type PtyEvents = { data(chunk: Buffer): void; exit(code: number | null): void };

/**
 * One shell on a terminal of its node's own devpts: the master here, the shell behind it.
 * It knows nothing of viewers, offsets or marks.
 */
export class Pty implements Disposable {
  readonly input: InputQueue;
  readonly #fd: number;
  readonly #reader: ReadStream;
  readonly #child: ChildProcess;
  readonly #on: PtyEvents;
  #closed = false;
  #readAt = 0;
  #told = false;
  #code: number | null | undefined;

  private constructor(fd: number, child: ChildProcess, on: PtyEvents) {
    this.#fd = fd;
    this.#child = child;
    this.#on = on;
    this.input = new InputQueue(fd);
    // One read per wake-up: a pty hands out 4 KiB at most, and read(2) on a master sleeps (reference/terminals.md §2e).
    this.#reader = new ReadStream(fd);
    this.#reader.on('data', (chunk: Buffer) => {
      this.#readAt = performance.now();
      on.data(chunk);
    });
    // EIO is how Linux says that the last process has closed its end.
    this.#reader.on('error', () => {
      // What was read while the reader was paused lies in the stream, which an error keeps from telling it.
      for (let rest: Buffer | null = this.#reader.read(); rest; rest = this.#reader.read()) on.data(rest);
      this.#close();
    });
    this.#reader.on('end', () => this.#close());
    this.#reader.on('close', () => this.#close());
    child.once('exit', (code, signal) => {
      this.#code = code ?? (signal ? 128 + osConstants.signals[signal] : null);
      if (this.#closed) this.#tell();
      else this.#closeWhenRead(performance.now() + LAST_BYTES_MS);
    });
  }

  /** The shell has ended: closes once nothing more comes, or what it left behind has printed for long enough. */
  #closeWhenRead(until: number): void {
    setTimeout(() => {
      const now = performance.now();
      const more = this.#reader.isPaused() || now - this.#readAt < END_GRACE_MS;
      if (more && now < until) this.#closeWhenRead(until);
      else this.#close();
    }, END_GRACE_MS).unref();
  }

  /**
   * Starts a shell. @throws HoplabError `unavailable` when the node has no such terminal or the program cannot be run
   */
  static async start(launch: ShellLaunch, size: Size, on: PtyEvents): Promise<Pty> {
    const fd = openMaster(launch.ptmx);
    try {
      setWindowSize(fd, size.cols, size.rows);
      const child = spawn(
        '/usr/bin/perl',
        ['-e', ATTACH_SCRIPT, '--', String(launch.cgroups.length), ...launch.cgroups, ...launch.argv],
        { stdio: ['ignore', 'ignore', 'ignore', fd, 'pipe'], env: launch.env as NodeJS.ProcessEnv, cwd: '/' },
      );
      child.once('error', () => {});
      await started(child);
      return new Pty(fd, child, on);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  resize({ cols, rows }: Size): void {
    if (!this.#closed) setWindowSize(this.#fd, cols, rows);
  }

  /** The program blocks when its terminal is full: that is the flow control. */
  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    if (!this.#closed) this.#reader.resume();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.input[Symbol.dispose]();
    this.#reader.destroy();
    if (this.#code !== undefined) {
      this.#tell();
      return;
    }
    setTimeout(() => this.#tell(), END_GRACE_MS).unref();
    // Closing the master hangs up the shell; a program that enters a node may not notice.
    setTimeout(() => this.#child.exitCode ?? this.#child.kill('SIGKILL'), KILL_AFTER_MS).unref();
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#on.exit(this.#code ?? null);
  }

  [Symbol.dispose](): void {
    this.#close();
    if (this.#child.exitCode === null) this.#child.kill('SIGHUP');
  }
}

function openMaster(ptmx: string): number {
  let fd: number;
  try {
    // openSync adds O_CLOEXEC: no other shell inherits this master.
    fd = openSync(ptmx, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new HoplabError('unavailable', `No terminal can be opened on the node: ${(cause as Error).message}`, '', {
      cause,
    });
  }
  const stat = fstatSync(fd);
  if (stat.isCharacterDevice() && stat.rdev === PTMX_DEVICE) return fd;
  closeSync(fd);
  throw new HoplabError('unavailable', `${ptmx} is not a terminal multiplexer`, 'Reset the lab.');
}

/** Resolves when the shell has been executed. */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new HoplabError('unavailable', `The shell did not start: ${why}`));
    child.once('error', (error) => fail(error.message));
    const status = child.stdio[4] as NodeJS.ReadableStream;
    let text = '';
    status.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    status.on('error', (error) => fail(error.message));
    status.on('end', () => (text ? fail(text) : resolve()));
  });
}
