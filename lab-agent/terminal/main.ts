import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parse } from '../contract/parse.ts';
import { SOCKET_NAME } from './control.ts';
import { Host } from './host.ts';

/**
 * The terminal host: a small process beside the agent that holds the shells, so that an agent that is restarted or killed
 * loses none. Started by start-host.ts under flock, so there is one in a run directory.
 */
const { HOPLAB_RUN: runDir } = parse(z.object({ HOPLAB_RUN: z.string().startsWith('/') }), process.env, 'environment');
const socket = join(runDir, SOCKET_NAME);

const host = new Host(() => void end());
let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  rmSync(socket, { force: true });
  await host[Symbol.asyncDispose]();
  process.exit(0);
}

// SIGHUP and SIGINT are for the terminal that the agent was started in; the host is ended by SIGTERM or by request.
process.on('SIGHUP', () => {});
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void end());
process.on('uncaughtException', (error) => console.error(new Date().toISOString(), error));
// The lock is ours: whatever lies there was left by a host that died.
rmSync(socket, { force: true });
process.umask(0o077);
await host.listen(socket);
console.log(new Date().toISOString(), `terminal host ${process.pid} listens on ${socket}`);
