import { WebSocket } from 'ws';
import type { TestAgent } from './test-agent.ts';

/** For tests: an agent that runs elsewhere, named by HOPLAB_AGENT_URL and HOPLAB_AGENT_TOKEN. */
export type RemoteAgent = Pick<TestAgent, 'call' | 'socket'>;

export function remoteAgent(): RemoteAgent {
  const { HOPLAB_AGENT_URL: url, HOPLAB_AGENT_TOKEN: token } = process.env;
  if (!url || !token) throw new Error('HOPLAB_AGENT_URL and HOPLAB_AGENT_TOKEN name no agent: npm run test:vm does');
  const headers = { authorization: `Bearer ${token}` };
  return {
    async call(method, path, body) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    },
    socket: (path) => new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers }),
  };
}
