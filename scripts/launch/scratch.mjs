import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from './privilege.mjs';
import { startStack } from './stack.mjs';

/**
 * A stack of its own on folders that are removed afterwards: for tests, verify and bench.
 * @template T
 * @param {Omit<Parameters<typeof startStack>[0], 'dataDir' | 'runDir'>} options
 * @param {(stack: Awaited<ReturnType<typeof startStack>>) => Promise<T>} use
 */
export async function withScratchStack(options, use) {
  const dataDir = mkdtempSync(join(tmpdir(), 'hoplab-data-'));
  const runDir = mkdtempSync(join(isRoot() ? '/run' : tmpdir(), 'hoplab-t-'));
  const leave = new AbortController();
  const onSignal = () => leave.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const stack = await startStack({ dataDir, runDir, onTrouble: (text) => console.error(text), ...options });
    try {
      return await Promise.race([use(stack), stopped(leave.signal)]);
    } finally {
      await stack.stop();
    }
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(runDir, { recursive: true, force: true });
  }
}

function stopped(signal) {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
  });
}
