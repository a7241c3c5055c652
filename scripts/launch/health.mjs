import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './processes.mjs';
import { Trouble } from './settings.mjs';

const POLL_MS = 50;
const ASK_MS = 5_000;

/**
 * Waits until a process answers a GET with 200.
 * @param {ReturnType<import('./processes.mjs').startProcess>} running
 * @param {{ url: string, path: string, token?: string, ms: number }} where url is `http://host:port` or `unix:/path`
 * @throws Trouble with the end of its log when it ends first, or when the time is over
 */
export async function untilHealthy(running, { url, path, token, ms }) {
  const until = performance.now() + ms;
  let last = 'it did not answer';
  while (performance.now() < until) {
    if (running.ended() !== undefined) throw dead(running, `The ${running.name} ${running.ended()}.`);
    const answer = await get(url, path, token);
    if (answer.status === 200) return answer.body;
    last = answer.status ? `it answered ${answer.status}: ${answer.body.slice(0, 500)}` : answer.why;
    await sleep(POLL_MS);
  }
  throw dead(running, `The ${running.name} was not ready after ${ms / 1000} s: ${last}.`);
}

function dead(running, message) {
  const lines = lastLines(running.log);
  return new Trouble(
    lines ? `${message}\n${lines}` : message,
    `Its whole log is ${running.log}. \`npm run doctor\` says what this machine lacks.`,
  );
}

/** One GET over TCP or a unix socket; never throws. */
export function get(url, path, token) {
  const where = url.startsWith('unix:') ? { socketPath: url.slice('unix:'.length) } : urlParts(url);
  return new Promise((resolve) => {
    const asked = request(
      { ...where, path, agent: false, headers: token ? { authorization: `Bearer ${token}` } : {} },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text) => {
          body += text;
        });
        answer.on('end', () => resolve({ status: answer.statusCode, body }));
        answer.on('error', (error) => resolve({ why: error.message }));
      },
    );
    asked.setTimeout(ASK_MS, () => asked.destroy(new Error(`no answer within ${ASK_MS / 1000} s`)));
    asked.on('error', (error) => resolve({ why: error.message }));
    asked.end();
  });
}

function urlParts(url) {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port };
}
