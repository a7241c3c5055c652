import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { LabDescription } from '../contract/lab.ts';
import { remoteAgent } from '../server/testing/remote-agent.ts';
import { sitDown, type Typist } from '../server/testing/typist.ts';

/**
 * On Debian's own kernel, in an emulated machine: cgroup v2 with a delegated subtree, and the kernel's own ipip. Commands of
 * the sources are typed into real terminals there. Nothing here starts the machine: `npm run test:vm` does.
 */
const agent = remoteAgent();
const PATIENCE_MS = 240_000;
const CLUSTER_MS = 45 * 60_000;
const LOOK_MS = 3000;

type Command = { id: string; at: string; run: string; expect: string[]; absent?: string[] };
const commands: Command[] = parseYaml(readFileSync('lab-agent/acceptance/source-commands.yaml', 'utf8')).commands;
const the = (id: string): Command => commands.find((one) => one.id === id) as Command;
const topologyOf = (name: string) =>
  parseYaml(readFileSync(`content/kubernetes-networking/topologies/${name}.yaml`, 'utf8'));

/** A lab with a terminal on each node that something is typed on. */
class Seat {
  readonly #typists = new Map<string, Typist>();
  readonly lab: LabDescription;

  constructor(lab: LabDescription) {
    this.lab = lab;
  }

  async type(node: string, command: string): Promise<string> {
    const typist = this.#typists.get(node) ?? (await sitDown(agent, this.lab.id, node, PATIENCE_MS));
    this.#typists.set(node, typist);
    return typist.type(command);
  }

  /** Types a command of the sources until it prints what it should: those that only read may be early. */
  async prove(id: string): Promise<void> {
    const { at, run, expect: wanted, absent = [] } = the(id);
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const output = await this.type(at, run);
      try {
        for (const pattern of wanted) expect(output).toMatch(new RegExp(pattern, 'm'));
        for (const pattern of absent) expect(output).not.toMatch(new RegExp(pattern, 'm'));
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
        await sleep(LOOK_MS);
      }
    }
  }

  async leave(): Promise<void> {
    for (const typist of this.#typists.values()) typist[Symbol.dispose]();
    await agent.call('DELETE', `/v1/labs/${this.lab.id}`);
  }
}

async function enter(name: string): Promise<Seat> {
  const topology = topologyOf(name);
  const { body } = await agent.call('POST', '/v1/labs', { owner: 'vm', name, topology });
  return new Seat(body);
}

test('the machine has cgroup v2, and ipip as a module that is not loaded for plain labs', async () => {
  const { features } = (await agent.call('GET', '/v1/hello')).body;
  expect(features).toMatchObject({ 'cgroup-v2': true, ipip: true, br_netfilter: true, overlay: true, tunl0: true });
});

describe('a plain lab', () => {
  let seat: Seat;
  beforeAll(async () => {
    seat = await enter('one-machine');
  });
  afterAll(async () => await seat?.leave());

  test('is Debian on its own kernel, with no tunl0', async () => {
    expect(await seat.type('k8s-m', 'uname -r; stat -fc %T /sys/fs/cgroup; ip -br link')).toMatch(/cloud-amd64/);
    expect(await seat.type('k8s-m', 'ip -br link')).not.toContain('tunl0');
  });

  test.each(['ns-01', 'ns-02', 'ns-10', 'ns-11'])('%s of the sources', (id) => seat.prove(id));
});

describe('kans', () => {
  let seat: Seat;
  beforeAll(async () => {
    seat = await enterCluster();
  }, CLUSTER_MS);
  afterAll(async () => await seat?.leave());

  test('its nodes have a delegated subtree of cgroup v2, which their cgroup namespace begins at', async () => {
    const look =
      'cat /proc/$(pgrep -x containerd)/cgroup; stat -fc %T /sys/fs/cgroup; cat /sys/fs/cgroup/cgroup.subtree_control';
    expect(await seat.type('k8s-w1', look)).toMatch(/^0::.*\/init\ncgroup2fs\n.*cpu.*memory.*pids/m);
  });

  test('a pod of it has a group of its own, whose limits hold', async () => {
    await seat.type(
      'k8s-m',
      'kubectl run limited --image=nicolaka/netshoot --overrides=\'{"spec":{"nodeName":"k8s-w1"}}\' --command -- sleep 9999',
    );
    await seat.type('k8s-m', 'kubectl set resources --help >/dev/null');
    await seat.type('k8s-m', 'kubectl wait --for=condition=Ready pod/limited --timeout=200s');
    const container = '$(crictl ps --name limited -q | head -1)';
    const group = `$(find /sys/fs/cgroup -type d -name '*'${container}'*' | head -1)`;
    const look = `g=${group}; echo 20 > $g/pids.max; cat $g/pids.max; kubectl exec limited -- true`;
    expect(await seat.type('k8s-w1', look)).toMatch(/^20$/m);
  });

  test("tunl0 is the kernel's own, and no forwarder runs", async () => {
    expect(await seat.type('k8s-w1', 'ip -d link show tunl0')).toMatch(/mtu 1480[\s\S]*link\/ipip[\s\S]*ipip /);
    expect(await seat.type('k8s-w1', 'pgrep -af libexec/hoplab/tunl0; echo looked')).toMatch(/^looked/);
  });

  test.each(['ipip-01', 'ipip-02', 'ipip-03', 'ipip-04', 'ipip-05', 'ipip-06', 'sys-03'])('%s of the sources', (id) =>
    seat.prove(id));
});

/** Waits for a cluster and tells how far it is, since it takes minutes here. */
async function enterCluster(): Promise<Seat> {
  const topology = topologyOf('kans');
  // The template was made on the machine that this one runs on, with whatever cgroups that has: it is taken as it is.
  const until = Date.now() + CLUSTER_MS;
  for (;;) {
    const { body } = await agent.call('POST', '/v1/clusters', { name: 'kans', topology });
    if (body.state === 'ready') break;
    if (body.stage !== 'waiting for its turn') throw new Error(`the template was not taken: ${JSON.stringify(body)}`);
    await sleep(LOOK_MS);
  }
  const seat = await enter('kans');
  let told = '';
  for (;;) {
    const { body } = await agent.call('GET', `/v1/labs/${seat.lab.id}`);
    const steps = (body as LabDescription).cluster ?? [];
    const text = steps.map(({ id, reached, observed }) => `${id}: ${reached ? 'reached' : observed}`).join(' · ');
    if (text !== told) console.log(text);
    told = text;
    if (steps.length > 0 && steps.every(({ reached }) => reached)) return seat;
    if (Date.now() > until) throw new Error(`kans did not become ready: ${text}`);
    await sleep(LOOK_MS);
  }
}
