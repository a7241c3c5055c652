import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../launch/settings.mjs';

/** One virtual machine without KVM: every instruction is translated, so it runs anywhere, some twenty times slower. */
const AGENT_PORT = 7000;
const MEMORY_MIB = 5120;
const BOOT_MS = 600_000;
const LOOK_MS = 500;

/**
 * Boots a machine whose first process is /sbin/start-agent.
 * @param {{ kernel: string, disk: string, folder: string, token: string }} what
 * @returns {Promise<{ url: string, log(): string, stop(): Promise<void> }>} when its agent answers
 */
export async function startMachine({ kernel, disk, folder, token }) {
  const port = await freePort();
  const logFile = join(folder, 'console.log');
  const out = openSync(logFile, 'w');
  const child = spawn('nice', ['-n', '10', 'qemu-system-x86_64', ...machineArguments({ kernel, disk, port })], {
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  let ended;
  const exited = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(`ended with ${signal ?? `status ${code}`}`));
  }).then((why) => {
    ended = why;
  });
  const log = () => readFileSync(logFile, 'utf8');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilAnswers({ url, token, gone: () => ended, log });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, log, stop };
}

function machineArguments({ kernel, disk, port }) {
  const boot = 'root=/dev/nvme0n1 rw rootfstype=ext4 init=/sbin/start-agent console=ttyS0 panic=-1 quiet loglevel=4';
  return [
    // la57: this qemu translates five levels of page tables wrongly.
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max,la57=off', '-M', 'q35', '-m', `${MEMORY_MIB}`, '-smp', '2'],
    ...['-nodefaults', '-display', 'none', '-serial', 'stdio', '-no-reboot'],
    ...['-kernel', kernel, '-append', `${boot} mitigations=off nokaslr random.trust_cpu=on nowatchdog`],
    // What it writes to its disk goes with it.
    ...['-drive', `file=${disk},if=none,id=d,format=raw,snapshot=on`, '-device', 'nvme,drive=d,serial=1'],
    ...['-netdev', `user,id=u,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:${AGENT_PORT}`],
    ...['-device', 'virtio-net-pci,netdev=u,romfile=', '-device', 'virtio-rng-pci'],
  ];
}

async function untilAnswers({ url, token, gone, log }) {
  const until = Date.now() + BOOT_MS;
  for (;;) {
    try {
      const headers = { authorization: `Bearer ${token}` };
      if ((await fetch(`${url}/v1/hello`, { headers, signal: AbortSignal.timeout(10_000) })).ok) return;
    } catch {
      // It is still booting.
    }
    const why = gone() ?? (Date.now() > until ? `did not answer within ${BOOT_MS / 60_000} minutes` : undefined);
    if (why) throw new Trouble(`The virtual machine ${why}. It said:\n${log().slice(-3000)}`);
    await sleep(LOOK_MS);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
