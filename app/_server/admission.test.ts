import { describe, expect, it } from 'vitest';
import { refusal } from './admission.ts';

const local = { accounts: false, publicUrl: undefined };
const behindProxy = { accounts: true, publicUrl: 'https://hoplab.example' };
const open = { accounts: true, publicUrl: undefined };
const ask = (host: string, origin?: string, method = 'POST') => ({ method, headers: { host, origin } });

describe('on loopback', () => {
  it('knows its own names', () => {
    for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST']) {
      expect(refusal(ask(host, undefined, 'GET'), local)).toBeUndefined();
    }
  });

  it('refuses a name that was pointed at it, whatever the method', () => {
    expect(refusal(ask('evil.example:3000', 'http://evil.example:3000', 'GET'), local)?.message).toMatchInlineSnapshot(
      `"This Hoplab is not reached by the name “evil.example:3000”."`,
    );
    expect(refusal({ method: 'GET', headers: {} }, local)?.code).toBe('forbidden');
  });

  it('lets only its own pages change something or open a socket', () => {
    expect(refusal(ask('localhost:3000', 'http://localhost:3000'), local)).toBeUndefined();
    expect(refusal(ask('localhost:3000', 'http://localhost:4000'), local)?.code).toBe('forbidden');
    expect(refusal(ask('localhost:3000'), local)?.code).toBe('forbidden');
    expect(refusal(ask('localhost:3000', 'null'), local)?.code).toBe('forbidden');
    const socket = { ...ask('localhost:3000', 'http://evil.example', 'GET'), webSocket: true };
    expect(refusal(socket, local)?.code).toBe('forbidden');
  });
});

it('behind a proxy answers to its public name', () => {
  expect(refusal(ask('hoplab.example', 'https://hoplab.example'), behindProxy)).toBeUndefined();
  expect(refusal(ask('other.example', 'https://other.example'), behindProxy)?.hint).toBe(
    'Open https://hoplab.example instead.',
  );
  expect(refusal(ask('hoplab.example', 'https://other.example'), behindProxy)?.code).toBe('forbidden');
});

it('with accounts and no public name answers to any name, for its own pages', () => {
  expect(refusal(ask('10.0.0.5:3000', 'http://10.0.0.5:3000'), open)).toBeUndefined();
  expect(refusal(ask('10.0.0.5:3000', 'http://10.0.0.6:3000'), open)?.code).toBe('forbidden');
});
