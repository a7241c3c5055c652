import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A program between two streams: it reads what is written to `input`, and `output` is what it prints. */
export type PipeProgram = {
  input: Writable;
  output: Readable;
  /** Settles when it has ended: undefined for status 0, else how it ended and the last that it said. */
  ended: Promise<string | undefined>;
  kill(): void;
};

const KEPT_BYTES = 2000;

/** Starts one. It ends with us, even when we are killed. */
export function pipeProgram(argv: readonly [string, ...string[]]): PipeProgram {
  const child = spawn('setpriv', ['--pdeathsig=KILL', ...argv], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-KEPT_BYTES);
  });
  child.stdin.on('error', () => undefined); // it may end without reading all: `ended` tells why
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      resolve(code === 0 ? undefined : `${argv[0]} ended with ${signal ?? `status ${code}`}. ${said.trim()}`.trim());
    });
  });
  return { input: child.stdin, output: child.stdout, ended, kill: () => void child.kill('SIGKILL') };
}
