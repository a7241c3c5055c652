import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Runs the programs that image builds are made of: each ends with us, and all that it prints is told line by line. */
export type BuildProgram = {
  argv: readonly [string, ...string[]];
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** In a mount and PID namespace of its own, so that mounts and processes go with it. */
  apart?: boolean;
  onLine: (line: string) => void;
  signal?: AbortSignal | undefined;
};

/** @returns undefined when it ended with status 0, else how it ended */
export function runBuildProgram({
  argv,
  cwd = '/',
  env,
  apart,
  onLine,
  signal,
}: BuildProgram): Promise<string | undefined> {
  const own = apart ? ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'] : [];
  return new Promise((resolve) => {
    const child = spawn('setpriv', ['--pdeathsig=KILL', ...own, ...argv], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env } as NodeJS.ProcessEnv,
    });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    const stop = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? `${argv[0]} is not installed` : error.message);
    });
    child.on('close', (code, killed) => {
      signal?.removeEventListener('abort', stop);
      resolve(code === 0 ? undefined : `${argv[0]} ended with ${killed ?? `status ${code}`}`);
    });
  });
}
