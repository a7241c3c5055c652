import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseYaml } from 'yaml';
import type { LabDescription } from '../../contract/lab.ts';
import type { RemoteAgent } from '../../server/testing/remote-agent.ts';
import { sitDown, type Typist } from '../../server/testing/typist.ts';
import { setups } from './setups.ts';
import { commandOf, complaints } from './source.ts';

/**
 * For tests: a lab on a machine so slow that a cluster takes minutes, with a terminal on each node that is typed on. Set-ups
 * stay; commands that only read are typed again until they print what they should.
 */
const PATIENCE_MS = 240_000;
const LOOK_MS = 3000;

export class Seat implements AsyncDisposable {
  readonly #agent: RemoteAgent;
  readonly #lab: string;
  readonly #typists = new Map<string, Typist>();

  private constructor(agent: RemoteAgent, lab: string) {
    this.#agent = agent;
    this.#lab = lab;
  }

  static async enter(agent: RemoteAgent, name: string): Promise<Seat> {
    await untilPrepared(agent, name);
    const { body } = await agent.call('POST', '/v1/labs', { owner: 'slow', name, topology: topologyOf(name) });
    return new Seat(agent, body.id);
  }

  /** @param say is told how far the cluster is. @throws when it does not become ready in time */
  async untilReady({ limitMs, say }: { limitMs: number; say: (steps: string) => void }): Promise<void> {
    const until = Date.now() + limitMs;
    for (let told = ''; ; await sleep(LOOK_MS)) {
      const { body } = await this.#agent.call('GET', `/v1/labs/${this.#lab}`);
      const steps = (body as LabDescription).cluster ?? [];
      const text = steps
        .map(({ id, reached, observed }) => `${id}: ${reached ? 'reached' : observed || '-'}`)
        .join(' · ');
      if (text !== told) say(text);
      told = text;
      if (steps.length > 0 && steps.every(({ reached }) => reached)) return;
      if (Date.now() > until) {
        throw new Error(`the cluster was not ready after ${Math.round(limitMs / 60_000)} minutes: ${text}`);
      }
    }
  }

  async type(node: string, command: string): Promise<string> {
    const typist = this.#typists.get(node) ?? (await sitDown(this.#agent, this.#lab, node, PATIENCE_MS));
    this.#typists.set(node, typist);
    return typist.type(command);
  }

  /** Makes a set-up of the sources. @throws with what was printed when a line of it fails */
  async give(name: string): Promise<void> {
    const { make, at } = setups[name] ?? {};
    if (!make || !at) throw new Error(`no set-up is called ${name}`);
    for (const line of make) {
      const printed = await this.type(at, line.replaceAll('--timeout=60s', `--timeout=${PATIENCE_MS / 1000 - 20}s`));
      const status = (await this.type(at, 'echo $?')).trim();
      if (status !== '0') throw new Error(`${at}: ${line}\nstatus ${status}: ${printed}`);
    }
  }

  /** Types a command of the sources. @throws with what it printed, when it is not what it should be */
  async prove(id: string): Promise<void> {
    const command = commandOf(id);
    for (const until = Date.now() + PATIENCE_MS; ; await sleep(LOOK_MS)) {
      const output = await this.type(command.at, command.run);
      const wrong = complaints(command, output);
      if (wrong.length === 0) return;
      if (Date.now() > until) throw new Error(`${command.run}\n${wrong.join('\n')}\nprinted:\n${output}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const typist of this.#typists.values()) typist[Symbol.dispose]();
    await this.#agent.call('DELETE', `/v1/labs/${this.#lab}`);
  }
}

/** The template must be there already: kubeadm would take too long. */
async function untilPrepared(agent: RemoteAgent, name: string): Promise<void> {
  for (;;) {
    const { body } = await agent.call('POST', '/v1/clusters', { name, topology: topologyOf(name) });
    if (body.state === 'ready') return;
    if (body.stage !== 'waiting for its turn') throw new Error(`the template was not taken: ${JSON.stringify(body)}`);
    await sleep(LOOK_MS);
  }
}

const topologyOf = (name: string) =>
  parseYaml(readFileSync(`content/kubernetes-networking/topologies/${name}.yaml`, 'utf8'), { merge: true });
