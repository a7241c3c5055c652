import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TerminalRole } from '../contract/terminal.ts';

export type AttachRequest = { session: string; role: TerminalRole; from?: number; cols?: number; rows?: number };

/**
 * Joins an upgrade request's raw socket with the terminal host: the host answers the handshake, nothing is parsed here,
 * and back-pressure passes both ways.
 */
export function attachProxy(
  socketPath: string,
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  to: AttachRequest,
): void {
  const query = new URLSearchParams({ role: to.role });
  for (const key of ['from', 'cols', 'rows'] as const) if (to[key] !== undefined) query.set(key, String(to[key]));
  const host = connect(socketPath);
  const end = () => {
    host.destroy();
    socket.destroy();
  };
  host.once('error', () => {
    if (socket.writable && !host.bytesRead) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    } else end();
  });
  socket.once('error', end);
  host.once('close', end);
  socket.once('close', end);
  if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true);
  if ('setTimeout' in socket && typeof socket.setTimeout === 'function') socket.setTimeout(0);
  host.once('connect', () => {
    host.write(
      `GET /sessions/${encodeURIComponent(to.session)}/attach?${query} HTTP/1.1\r\nhost: host\r\n` +
        `connection: Upgrade\r\nupgrade: websocket\r\n` +
        `sec-websocket-version: ${header(req, 'sec-websocket-version')}\r\n` +
        `sec-websocket-key: ${header(req, 'sec-websocket-key')}\r\n\r\n`,
    );
    if (head.length > 0) host.write(head);
    host.pipe(socket, { end: true });
    socket.pipe(host, { end: true });
  });
}

/** One header's value; node has already refused line breaks in it. */
function header(req: IncomingMessage, name: string): string {
  const value = req.headers[name];
  return typeof value === 'string' ? value : '';
}
