import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import next from 'next';
import { prepareClusters } from './app/_lab/agents/prepare-clusters.ts';
import { Gateway } from './app/_lab/gateway/gateway.ts';
import { database } from './app/_server/database.ts';
import { env } from './app/_server/env.ts';
import { toHoplabError } from './app/_server/errors.ts';
import { passFrontDoor } from './app/_server/front-door.ts';
import { log } from './app/_server/log.ts';
import { HoplabError } from './lab-agent/contract/errors.ts';

/** The app: Next's pages and the gateway's sockets on one port. Knows nothing of labs or lessons. */
async function main(): Promise<void> {
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  const settings = env();
  await database();

  const server = createServer();
  const gateway = new Gateway();
  server.on('request', async (request, response) => {
    const handle = await pages;
    if (await passFrontDoor(request, response, settings)) await handle(request, response);
  });
  // Next adds an upgrade listener of its own to the server it is given, and ends sockets whose path looks like a page
  // (/ws/lab is a [course]/[lesson] to it). So it gets a server that never listens, and upgrades from us alone: in
  // development those by which it reloads pages, in production none.
  const nextUpgrades = createServer();
  server.on('upgrade', (request, socket, head) => {
    if (gateway.upgrade(request, socket, head)) return;
    const taken = settings.dev && nextUpgrades.emit('upgrade', request, socket, head);
    if (!taken) socket.destroy();
  });
  // Next wants to know the port, which may be any free one; who is early waits for it.
  const listening = listen(settings);
  const pages = listening.then(async (port) => {
    const app = next({ dev: settings.dev, hostname: settings.host, port, httpServer: nextUpgrades });
    await app.prepare();
    return app.getRequestHandler();
  });
  const port = await listening;
  await pages;

  function listen({ host, port: wanted }: typeof settings): Promise<number> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, host, () => resolve((server.address() as AddressInfo).port));
    });
  }

  const shown = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  log('info', `ready ${settings.publicUrl ?? `http://${shown}:${port}`}`);

  // Lessons are parsed by this, too, so that the first learner's lab does not wait for it; what is wrong in a file is told
  // on its page.
  prepareClusters().catch((error: unknown) => log('warn', toHoplabError(error).message));

  const stop = () => {
    gateway[Symbol.dispose]();
    server.close();
    server.closeAllConnections();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}

/** What keeps the app from starting, as a sentence and a way on. */
function reasonOf(error: unknown): HoplabError {
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') {
    return new HoplabError(
      'conflict',
      `Port ${port} is taken by another program.`,
      'Set HOPLAB_PORT to a free one: HOPLAB_PORT=3001 npm start',
    );
  }
  if (code === 'EACCES' && port) {
    return new HoplabError(
      'forbidden',
      `Port ${port} may not be opened by this user.`,
      'Set HOPLAB_PORT to one above 1023.',
    );
  }
  if (code === 'EADDRNOTAVAIL') {
    return new HoplabError(
      'invalid-input',
      `This machine has no address ${address}.`,
      'Set HOPLAB_HOST to one that it has.',
    );
  }
  return toHoplabError(error);
}

// A surprise outside of any request: the other learners' pages must not go with it.
process.on('unhandledRejection', (error) =>
  log('error', `surprise: ${error instanceof Error ? error.stack : String(error)}`),
);
main().catch((error: unknown) => {
  const { message, hint } = reasonOf(error);
  log('error', `not started: ${message}${hint ? ` ${hint}` : ''}`);
  process.exit(1);
});
