import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseYaml } from 'yaml';
import type { LabDescription } from '../../contract/lab.ts';
import type { TestAgent } from '../../server/testing/test-agent.ts';
import { setups } from './setups.ts';
import { changes } from './sittings.ts';
import { complaints, type SourceCommand } from './source.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** For tests: a lab with a cluster in which commands of the sources are typed, each in the state that it asks for. */
const READY_MS = 240_000;
/** So long a command that only reads may be typed again. */
const PATIENCE_MS = 20_000;
const EVERY_MS = 300;
/** Longer than any line of a set-up waits by itself. */
const LONGEST_LINE_MS = 90_000;
/** What is looked at when a set-up failed: pods that are not as they should be, and the last that happened. */
const WHAT_IS_THERE = [
  'kubectl get nodes --no-headers; kubectl get pods -A -o wide --no-headers',
  'kubectl get events -A --sort-by=.lastTimestamp --no-headers | tail -n 12',
].join('; ');
/** The names of labs as they start. */
const NOTHING = ['kans', 'gke'];

export class Bench implements AsyncDisposable {
  readonly #agent: TestAgent;
  readonly #lab: string;
  readonly #terminals = new Map<string, Terminal>();
  /** Set-ups that are there, in the order in which they were made. */
  #made: string[] = [];
  #ended: string | undefined;

  private constructor(agent: TestAgent, lab: string) {
    this.#agent = agent;
    this.#lab = lab;
  }

  /** A fresh lab whose cluster has come up. */
  static async start(agent: TestAgent, topologyName: string): Promise<Bench> {
    const topology = parseYaml(readFileSync(`content/kubernetes-networking/topologies/${topologyName}.yaml`, 'utf8'), {
      merge: true,
    });
    const name = `acceptance/${topologyName}`;
    const end = Date.now() + READY_MS;
    for (;;) {
      const { body } = await agent.call('POST', '/v1/clusters', { name, topology });
      if (body.state === 'ready') break;
      if (body.state === 'failed' || body.error || Date.now() > end) throw new Error(JSON.stringify(body));
      await sleep(EVERY_MS);
    }
    const { status, body } = await agent.call('POST', '/v1/labs', { owner: 'acceptance', name, topology });
    if (status !== 200) throw new Error(JSON.stringify(body));
    await untilReady(agent, body.id);
    return new Bench(agent, body.id);
  }

  /** Types a command of the sources in the state it asks for. @throws with what it printed, when it is not what it should */
  async prove(command: SourceCommand): Promise<void> {
    if (this.#ended) throw new Error(`${command.id} is typed after ${this.#ended}`);
    await this.#give(command.given.filter((name) => !NOTHING.includes(name)));
    const change = changes[command.id];
    const terminal = await this.#at(command.at);
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const output = await terminal.type(command.run);
      const wrong = complaints(command, output);
      if (wrong.length === 0) break;
      if (change || Date.now() > end) throw new Error(`${command.run}\n${wrong.join('\n')}\nprinted:\n${output}`);
      await sleep(EVERY_MS);
    }
    if (change === 'last') this.#ended = `${command.id}, which changes the lab for good`;
    else if (change && 'undo' in change) for (const line of change.undo) await terminal.type(line);
    else if (change) {
      if (change.until) await terminal.type(change.until);
      this.#made.push(change.becomes);
    }
  }

  /** Undoes the set-ups that are not wanted and makes those that are missing. */
  async #give(wanted: readonly string[]): Promise<void> {
    for (const name of [...this.#made].reverse().filter((one) => !wanted.includes(one))) {
      const { undo, at } = setups[name] ?? {};
      if (!undo || !at) throw new Error(`${name} cannot be undone: what does not ask for it needs another lab`);
      for (const line of undo) await this.#do(at, line);
      this.#made = this.#made.filter((one) => one !== name);
      this.#closePods();
    }
    for (const name of wanted.filter((one) => !this.#made.includes(one))) {
      const setup = setups[name];
      if (!setup) throw new Error(`no set-up is called ${name}`);
      for (const line of setup.make) await this.#do(setup.at, line);
      this.#made.push(name);
    }
  }

  /** A line of a set-up must succeed: what comes after one that did not would fail for no reason of its own. */
  async #do(node: string, line: string): Promise<void> {
    const terminal = await this.#at(node);
    const printed = await terminal.type(line, LONGEST_LINE_MS);
    const exit = await terminal.type('echo $?');
    if (exit.trim() === '0') return;
    this.#ended = `a set-up that failed: ${line}`;
    const seen = node.startsWith('pod/') ? '' : await terminal.type(WHAT_IS_THERE);
    throw new Error(`${node}: ${line}\nstatus ${exit.trim()}: ${printed}\n${seen}`);
  }

  async #at(place: string): Promise<Terminal> {
    const open = this.#terminals.get(place) ?? (await openTerminal(this.#agent, this.#lab, place));
    if (!this.#terminals.has(place) && place.startsWith('pod/')) await this.#tellAddresses(open);
    this.#terminals.set(place, open);
    return open;
  }

  /** $POD2, which the sources type in a pod's shell, is the address of pod2. */
  async #tellAddresses(pod: Terminal): Promise<void> {
    const asks = "kubectl get pod pod2 -o jsonpath='{.status.podIP}'; echo";
    const node = await this.#at(setups[this.#made.at(-1) ?? '']?.at ?? 'k8s-m');
    await pod.type(`POD2=${(await node.type(asks)).trim()}`);
  }

  #closePods(): void {
    for (const [place, terminal] of this.#terminals) {
      if (!place.startsWith('pod/')) continue;
      terminal[Symbol.dispose]();
      this.#terminals.delete(place);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals.values()) terminal[Symbol.dispose]();
    await this.#agent.call('DELETE', `/v1/labs/${this.#lab}`);
  }
}

async function untilReady(agent: TestAgent, lab: string): Promise<void> {
  const end = Date.now() + READY_MS;
  for (;;) {
    const { body } = await agent.call('GET', `/v1/labs/${lab}`);
    const steps = (body as LabDescription).cluster ?? [];
    if (steps.length > 0 && steps.every(({ reached }) => reached)) return;
    if (Date.now() > end) throw new Error(`the cluster did not become ready: ${JSON.stringify(steps)}`);
    await sleep(EVERY_MS);
  }
}
