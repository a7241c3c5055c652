import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectTerminalHost } from './client.ts';
import { HERE, Screen, TestHost } from './testing.ts';

test('the host outlives an agent that is killed, and is taken up again with its shells', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'hoplab-terminal-'));
  const script = `
    import { connectTerminalHost } from '${join(import.meta.dirname, 'client.ts')}';
    const host = await connectTerminalHost({ runDir: '${runDir}' });
    const { id } = await host.open(${JSON.stringify({
      lab: 'testtesttest',
      node: 'red',
      name: 'red 1',
      size: { cols: 80, rows: 24 },
      launch: HERE,
    })});
    console.log(id);
  `;
  const agent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(agent.stdout, 'data')) as [Buffer];
  const id = line.toString().trim();
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  // Two at once find the same host.
  const [host, other] = await Promise.all([connectTerminalHost({ runDir }), connectTerminalHost({ runDir })]);
  try {
    expect((await host.list('testtesttest')).map((s) => s.id)).toEqual([id]);
    expect(await other.list()).toEqual(await host.list());
    using screen = await Screen.connect(`ws+unix://${runDir}/terminals.sock:/sessions/${id}/attach`);
    screen.type('echo still $((40+2))\r');
    await screen.until(() => screen.text.includes('still 42'));
  } finally {
    await other[Symbol.asyncDispose]();
    await host.shutdown();
    await expect.poll(() => host.list()).toEqual([]);
    rmSync(runDir, { recursive: true, force: true });
  }
}, 30_000);

test('the agent joins a raw upgraded socket with a session', async () => {
  await using host = await TestHost.start();
  const { id } = await host.open();
  const agent = createServer();
  agent.on('upgrade', (req, socket, head) => {
    host.client.attachProxy(req, socket, head, { session: id, role: 'owner', from: 0, cols: 70, rows: 20 });
  });
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
  using screen = await Screen.connect(`ws://127.0.0.1:${(agent.address() as AddressInfo).port}/`);
  screen.type('seq 100000; stty size\r');
  await screen.until(() => screen.text.includes('100000\r\n20 70'));
  await host.client.close(id);
  await screen.until(() => screen.closed);
  agent.close();
});
