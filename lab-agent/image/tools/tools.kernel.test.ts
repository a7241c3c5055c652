import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** Runs Go in this folder: only with what go.sum names, and without a C compiler, as the image is built. */
async function go(...words: string[]): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' };
  try {
    const { stdout, stderr } = await run('go', words, { cwd: import.meta.dirname, env, maxBuffer: 16 << 20 });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT')
      throw new Error('The tests of our Go tools need Go: install Go 1.26 or newer, so that `go` is on the PATH.');
    throw new Error(`go ${words.join(' ')} failed:\n${stdout}${stderr}`);
  }
}

test('our Go tools do what they say', async () => {
  // Tests that need root skip themselves elsewhere; here a skipped one would pass for a proof.
  expect(process.getuid?.(), 'these tests make network namespaces: run them as root').toBe(0);
  const output = await go('test', '-count=1', '-timeout=50s', './...');
  expect(output.match(/^ok\s+hoplab\/tools\/cmd\/\w+/gm)?.map((line) => line.split('/').pop())).toEqual([
    'birdctl',
    'registry',
    'tunl0',
    'whoami',
  ]);
});

test('our Go tools pass vet', async () => {
  await go('vet', './...');
});
