import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root, Trouble } from './settings.mjs';

/**
 * Runs a program to its end, its output on our own. Throws a Trouble that names it when it fails.
 * @param {string[]} argv
 * @param {{ env?: Record<string, string>, hint?: string }} options
 */
export async function runLoud(argv, { env = {}, hint = '' } = {}) {
  const { code } = await runFor(argv, { env, stdio: 'inherit' });
  if (code !== 0) throw new Trouble(`\`${argv.join(' ')}\` failed with status ${code}.`, hint);
}

/** Runs a program and gathers its output; never throws: a program that is not there ends with status 127. */
export function runFor(argv, { env = {}, stdio = 'pipe', cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), { cwd, stdio, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: stderr + error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 1), stdout, stderr }));
  });
}

/** The file of a program on the PATH (and in the sbin folders, which users often lack), or undefined. */
export function which(program) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin']) {
    const file = join(folder || '.', program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not there: look on
    }
  }
  return undefined;
}

/** A program that came with our npm packages. */
export const tool = (name) => join(root, 'node_modules', '.bin', name);
