import { createServer } from 'node:net';
import { runFor } from './run.mjs';
import { Trouble } from './settings.mjs';

const TRIES = 50;

/** True when nobody listens there; 0 is always free. */
export function isFree(port, host) {
  return listenOnce(port, host).then(
    () => true,
    (error) => {
      if (error.code === 'EADDRINUSE') return false;
      if (error.code === 'EACCES')
        throw new Trouble(`Port ${port} is for root alone.`, 'Choose one above 1023: HOPLAB_PORT=3000 npm start');
      throw new Trouble(`Cannot listen on ${host}: ${error.message}`, 'Set HOPLAB_HOST to an address of this machine.');
    },
  );
}

/** A port that is free now: the wanted one, else the next free one after it. 0 asks the kernel for any. */
export async function choosePort(wanted, host) {
  if (wanted === 0) return listenOnce(0, host);
  for (let port = wanted; port < Math.min(wanted + TRIES, 65536); port += 1) {
    if (await isFree(port, host)) return port;
  }
  throw new Trouble(
    `Ports ${wanted} to ${wanted + TRIES - 1} are all taken.`,
    'Name a free one: HOPLAB_PORT=8080 npm start',
  );
}

/** Who listens on a port, as `node (process 123)`, as far as this user may know. */
export async function holderOf(port) {
  const { stdout } = await runFor(['ss', '-H', '-ltnp', `sport = :${port}`]);
  return holderFrom(stdout);
}

/** @param {string} text a line of `ss -ltnp` */
export function holderFrom(text) {
  const found = /users:\(\("([^"]+)",pid=(\d+)/.exec(text);
  return found ? `${found[1]} (process ${found[2]})` : undefined;
}

function listenOnce(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host }, () => {
      const found = server.address().port;
      server.close(() => resolve(found));
    });
  });
}
