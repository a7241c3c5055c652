import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { type AgentClient, silent } from '../agents/client.ts';

export type UpgradeRequest = { request: IncomingMessage; socket: Duplex; head: Buffer };

/**
 * Joins a browser's terminal socket with the agent's. The handshake goes through as it is, without extensions, and then
 * bytes flow both ways unread; pipe() passes back-pressure on, and the end of one ends the other.
 * @returns when both are joined
 * @throws HoplabError when the agent refuses; nothing has been written to the browser then
 */
export function pipeTerminal(client: AgentClient, path: string, browser: UpgradeRequest): Promise<void> {
  const { headers } = browser.request;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      ...client.address.connect,
      path,
      headers: {
        authorization: `Bearer ${client.token}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': headers['sec-websocket-key'],
        'sec-websocket-version': headers['sec-websocket-version'],
      },
    });
    outgoing.on('error', (error) => reject(silent(client.address.url, error)));
    outgoing.on('response', (answer) => {
      answer.resume();
      const gone = answer.statusCode === 404 || answer.statusCode === 410;
      const message = gone ? 'This terminal is gone.' : `The agent refused the terminal (${answer.statusCode}).`;
      reject(new HoplabError(gone ? 'not-found' : 'unavailable', message));
    });
    // The browser may leave while the agent is dialled: its close has then been told before anything was joined.
    browser.socket.once('close', () => outgoing.destroy());
    outgoing.on('upgrade', (answer, agentSocket, agentHead) => {
      if (browser.socket.destroyed) agentSocket.destroy();
      const accept = answer.headers['sec-websocket-accept'] ?? '';
      browser.socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
      );
      join(browser, { socket: agentSocket, head: agentHead });
      resolve();
    });
    outgoing.end();
  });
}

function join(browser: { socket: Duplex; head: Buffer }, agent: { socket: Duplex; head: Buffer }): void {
  for (const { socket } of [browser, agent]) {
    if (!(socket instanceof Socket)) continue;
    // Keystrokes must not wait for a full packet (Nagle), and terminals may be silent for hours.
    socket.setNoDelay(true);
    socket.setTimeout(0);
    socket.setKeepAlive(true, 30_000);
  }
  const end = () => {
    browser.socket.destroy();
    agent.socket.destroy();
  };
  for (const { socket } of [browser, agent]) {
    socket.on('error', end);
    socket.on('close', end);
  }
  if (agent.head.length > 0) browser.socket.write(agent.head);
  if (browser.head.length > 0) agent.socket.write(browser.head);
  browser.socket.pipe(agent.socket);
  agent.socket.pipe(browser.socket);
}
