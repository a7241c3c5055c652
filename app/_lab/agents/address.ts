import { HoplabError } from '../../../lab-agent/contract/errors.ts';

/** How node:http and ws reach an agent. */
export type AgentAddress = {
  /** As configured: `unix:/path` or `http://host:port`; names the agent in the database and the logs. */
  url: string;
  /** For node:http. */
  connect: { socketPath: string } | { host: string; port: number };
  /** What comes before the path in a WebSocket's address. */
  webSocketBase: string;
};

/** @param url `unix:/path/to.sock` or `http://host:port` */
export function readAgentAddress(url: string): AgentAddress {
  if (url.startsWith('unix:')) {
    const socketPath = url.slice('unix:'.length);
    return { url, connect: { socketPath }, webSocketBase: `ws+unix:${socketPath}:` };
  }
  const { protocol, hostname, port, host } = new URL(url);
  if (protocol !== 'http:') {
    const hint = 'Put a tunnel (ssh, WireGuard) between app and agent, and give its http:// address.';
    throw new HoplabError('invalid-input', `HOPLAB_AGENT_URL: ${protocol}// is not spoken to agents.`, hint);
  }
  const connectHost = hostname.replace(/^\[|\]$/g, '');
  return { url, connect: { host: connectHost, port: Number(port || 80) }, webSocketBase: `ws://${host}` };
}
