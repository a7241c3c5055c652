import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { HoplabError } from '../contract/errors.ts';
import { PLAIN_ENV } from './exec.ts';

/** Unpacks the tar archive that a program prints into a folder. @throws HoplabError `internal` when either side fails */
export async function unpackInto(folder: string, [program, ...args]: readonly [string, ...string[]]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const pack = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: PLAIN_ENV });
  const unpack = spawn('tar', ['--numeric-owner', '--sparse', '-C', folder, '-xpf', '-'], {
    stdio: [pack.stdout, 'ignore', 'pipe'],
    env: PLAIN_ENV,
  });
  pack.stdout.destroy(); // the other program has its own copy
  const [packed, unpacked] = await Promise.all([ended(pack), ended(unpack)]);
  if (packed || unpacked) throw new HoplabError('internal', `a disk could not be copied: ${packed || unpacked}`);
}

function ended(child: ReturnType<typeof spawn>): Promise<string> {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk).slice(-2000);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    // Not `close`: it waits for a pipe that the other program reads.
    child.on('exit', (code) => resolve(code === 0 ? '' : text || `status ${code}`));
  });
}
