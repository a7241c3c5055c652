import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connectionsTo } from './connections.ts';

test("are a process' own to that port: neither the other end, nor what listens, nor connections to other ports", async () => {
  const servers = [createServer(), createServer()];
  const [port, other] = (await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return (server.address() as AddressInfo).port;
    }),
  )) as [number, number];
  const clients = [port, port, other].map((to) => connect(to, '127.0.0.1'));
  await Promise.all(clients.map((client) => once(client, 'connect')));
  try {
    const [one, two, elsewhere] = clients.map(({ localPort }) => localPort);
    expect(connectionsTo(process.pid, port).sort()).toEqual([one, two].sort());
    expect(connectionsTo(process.pid, other)).toEqual([elsewhere]);
    expect(connectionsTo(process.ppid, port)).toEqual([]);
  } finally {
    for (const client of clients) client.destroy();
    for (const server of servers) server.close();
  }
});

test('of a process that has gone are none', () => {
  expect(connectionsTo(2 ** 22 + 1, 443)).toEqual([]);
});
