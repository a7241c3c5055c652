import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { testAgent } from './testing/test-agent.ts';

const topology = { title: 'one', nodes: { one: { start: ['sleep 0.5'] } } };
const file = { id: 'file', items: [{ expect: { kind: 'file', params: { node: 'one', path: '/etc/hosts' } } }] };

/** What is answered to a request that no client library would send. */
function raw(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(`${request}\r\n\r\n`));
    socket.on('data', (data) => {
      socket.destroy();
      resolve(String(data).split('\r\n', 1)[0] as string);
    });
    socket.on('error', reject);
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')));
  });
}

test('a path that is no URL is refused like others and ends nothing', async () => {
  await using agent = await testAgent();
  expect(await raw(agent.url, 'GET // HTTP/1.1\r\nhost: x')).toBe('HTTP/1.1 401 Unauthorized');
  const upgrade = 'connection: upgrade\r\nupgrade: websocket';
  const token = `authorization: Bearer ${agent.token}`;
  expect(await raw(agent.url, `GET // HTTP/1.1\r\nhost: x\r\n${token}`)).toBe('HTTP/1.1 404 Not Found');
  expect(await raw(agent.url, `GET // HTTP/1.1\r\nhost: x\r\n${token}\r\n${upgrade}`)).toBe('HTTP/1.1 404 not-found');
});

test('who watches a lab that is being built gets verdicts once it is', async () => {
  await using agent = await testAgent();
  const made = agent.call('POST', '/v1/labs', { owner: 'a', name: 'one', topology });
  await expect.poll(() => agent.keeper.list().length).toBe(1);
  const [lab] = agent.keeper.list();
  expect(lab?.phase).toBe('building');
  const socket = agent.socket(`/v1/labs/${lab?.id}/watch`);
  const told: string[] = [];
  socket.on('message', (data) => told.push(String(data)));
  await new Promise((open) => socket.once('open', open));
  socket.send(JSON.stringify({ type: 'watch', checks: [file] }));
  await made;
  await expect.poll(() => told.some((text) => text.includes('"verdict":"met"'))).toBe(true);
  socket.terminate();
});

test('a page that asks a thousand times is looked for a few times, and gets its answer', async () => {
  await using agent = await testAgent();
  const { body: lab } = await agent.call('POST', '/v1/labs', { owner: 'a', name: 'one', topology });
  const socket = agent.socket(`/v1/labs/${lab.id}/watch`);
  const told = { first: 0, button: 0 };
  socket.on('message', (data) => {
    const event = JSON.parse(String(data));
    if (event.type === 'results') for (const { cause } of event.results) told[cause as 'first' | 'button']++;
  });
  await new Promise((open) => socket.once('open', open));
  for (let i = 0; i < 1000; i++) {
    socket.send(JSON.stringify({ type: 'watch', checks: [file] }));
    socket.send(JSON.stringify({ type: 'run', checks: [file] }));
  }
  const answered = new Promise((pong) => socket.once('pong', pong));
  socket.ping();
  await answered;
  await expect.poll(() => told.first > 0 && told.button > 0).toBe(true);
  const before = { ...told };
  socket.send(JSON.stringify({ type: 'run', checks: [file] }));
  await expect.poll(() => told.button).toBeGreaterThan(before.button);
  expect(told.first + told.button).toBeLessThan(1000);
  expect(socket.readyState).toBe(socket.OPEN);
  socket.terminate();
});
