import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Gateway } from './gateway.ts';

it('leaves a path that is no URL to others: any web page may ask for it', () => {
  using gateway = new Gateway();
  for (const url of ['//', 'http://', '//[', '/elsewhere']) {
    expect(gateway.upgrade({ url, headers: {} } as IncomingMessage, new PassThrough(), Buffer.alloc(0)), url).toBe(
      false,
    );
  }
});
