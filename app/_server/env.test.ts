import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEnv, sessionSecret } from './env.ts';

it('turns accounts on wherever others could reach it', () => {
  expect(readEnv({}).accounts).toBe(false);
  expect(readEnv({ HOPLAB_HOST: '::1' }).accounts).toBe(false);
  expect(readEnv({ HOPLAB_HOST: '0.0.0.0' }).accounts).toBe(true);
  expect(readEnv({ HOPLAB_URL: 'https://hoplab.example' }).accounts).toBe(true);
});

it('names every variable that does not fit', () => {
  const wrong = { HOPLAB_PORT: '99999', HOPLAB_AGENT_URL: 'unix:/run/a.sock, ftp://x', DATABASE_URL: 'mysql://x' };
  expect(() => readEnv(wrong)).toThrowErrorMatchingInlineSnapshot(`
    [InvalidInput: environment: HOPLAB_PORT: Too big: expected number to be <=65535, got 99999
    environment: HOPLAB_AGENT_URL.1: an agent is given as unix:/path/to.sock or http://host:port, got "ftp://x"
    environment: DATABASE_URL: only postgresql://… is known; without it, SQLite, got "mysql://x"]
  `);
});

it('makes the secret once, for its owner alone', () => {
  const data = mkdtempSync(join(tmpdir(), 'hoplab-env-'));
  try {
    const env = readEnv({ HOPLAB_DATA: data });
    const secret = sessionSecret(env);
    expect(secret.length).toBeGreaterThan(32);
    expect(sessionSecret(env)).toBe(secret);
    expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600);
    expect(readdirSync(data)).toEqual(['secret']);
    // As a full disk leaves it: sessions signed with nothing could be forged by anyone.
    writeFileSync(join(data, 'secret'), '');
    expect(() => sessionSecret(env)).toThrow('holds no whole secret');
  } finally {
    rmSync(data, { recursive: true });
  }
});
