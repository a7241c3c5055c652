import { expect, it } from 'vitest';
import * as z from 'zod';
import { readBody } from './read-body.ts';

const schema = z.strictObject({ text: z.string() });
const post = (body: BodyInit) => new Request('http://x/api/y', { method: 'POST', body, duplex: 'half' } as RequestInit);

it('reads a body in pieces, whole characters', async () => {
  const bytes = Buffer.from(JSON.stringify({ text: '경로' }));
  const body = new ReadableStream({
    start(stream) {
      for (const byte of bytes) stream.enqueue(Uint8Array.of(byte));
      stream.close();
    },
  });
  expect(await readBody(post(body), schema)).toEqual({ text: '경로' });
  await expect(readBody(post('{'), schema)).rejects.toThrow('not JSON');
});

it('stops reading what does not end', async () => {
  let sent = 0;
  const endless = new ReadableStream({
    pull(stream) {
      sent += 16_384;
      stream.enqueue(new Uint8Array(16_384));
    },
  });
  await expect(readBody(post(endless), schema)).rejects.toThrow('too long');
  expect(sent).toBeLessThan(1_000_000);
});
