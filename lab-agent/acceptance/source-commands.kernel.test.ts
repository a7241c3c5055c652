import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAgent, testAgent } from '../server/testing/test-agent.ts';
import { sitDown } from '../server/testing/typist.ts';
import { source } from './testing/source.ts';

const BRIDGE = [
  'ip netns add RED; ip netns add BLUE; ip link add br0 type bridge; ip link set br0 up',
  'ip link add veth1 netns RED type veth peer name veth2; ip link add veth3 netns BLUE type veth peer name veth4',
  'ip link set veth2 master br0 up; ip link set veth4 master br0 up',
  'ip -n RED addr add 11.11.11.2/24 dev veth1; ip -n BLUE addr add 11.11.11.3/24 dev veth3',
  'ip -n RED link set veth1 up; ip -n BLUE link set veth3 up',
];
/** The set-ups that the file names in words, as commands. */
const setups: Record<string, string[]> = {
  'red-blue-veth': [
    'ip netns add RED; ip netns add BLUE; ip link add veth1 netns RED type veth peer name veth2 netns BLUE',
    'ip -n RED addr add 11.11.11.2/24 dev veth1; ip -n BLUE addr add 11.11.11.3/24 dev veth2',
    'ip -n RED link set veth1 up; ip -n BLUE link set veth2 up',
  ],
  'red-blue-bridge': BRIDGE,
  'forward-drop': ['iptables -P FORWARD DROP; sysctl -qw net.bridge.bridge-nf-call-iptables=1'],
};

const topology = {
  title: 'one machine and the world',
  networks: { nat: null },
  nodes: {
    'k8s-m': {
      interfaces: { enp0s3: { network: 'nat', address: '10.0.2.15/24' } },
      routes: [{ to: 'default', via: '10.0.2.2' }],
    },
    internet: { kind: 'internet', interfaces: { eth0: { network: 'nat', address: '10.0.2.2/24' } } },
  },
};
/** What these labs can show; the other lessons' commands need a cluster (cluster-commands.kernel.test.ts). */
const ready = source.commands.filter(({ lesson }) => lesson === 'namespaces');

/** The commands that the lessons' sources type, typed as they stand into a real terminal, each in a fresh lab. */
describe('commands of the sources', () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await testAgent();
  });
  afterAll(async () => await agent[Symbol.asyncDispose]());

  test.each(ready.map((command) => [command.id, command] as const))('%s', async (_, command) => {
    const { body: lab } = await agent.call('POST', '/v1/labs', { owner: 'acceptance', name: command.id, topology });
    using typist = await sitDown(agent, lab.id, command.at);
    for (const given of command.given) for (const line of commandsOf(given)) await typist.type(line);
    const output = await typist.type(command.run);
    for (const pattern of command.expect) expect(output).toMatch(new RegExp(pattern, 'm'));
    for (const pattern of command.absent) expect(output).not.toMatch(new RegExp(pattern, 'm'));
    await agent.call('DELETE', `/v1/labs/${lab.id}`);
  });
});

function commandsOf(given: string): string[] {
  const earlier = source.commands.find(({ id }) => id === given);
  const commands = earlier ? [earlier.run] : setups[given];
  if (!commands) throw new Error(`${given} is no set-up of these labs`);
  return commands;
}
