import { HoplabError } from '../contract/errors.ts';
import type { RunningLab } from '../providers/provider.ts';
import { findPod } from './find-pod.ts';
import type { ApiAnswer, ClusterView, PodPlace } from './view.ts';
import { watchCollection } from './watch-collection.ts';

/**
 * A lab's cluster, asked by the image's own curl from the lab's outermost namespaces, in the control plane's network
 * namespace, with the credentials that the template keeps where no learner's process is.
 */
export type ClusterRecord = { controlPlane: string; nodes: { name: string; address: string }[] };

const CREDENTIALS = '/run/lab/template/api';
const API_PORT = 6443;
const TIMEOUT_MS = 5000;
/** A thousand pods fit. */
const MAX_BYTES = 16 * 1024 * 1024;

export class LabCluster implements ClusterView {
  readonly controlPlane: string;
  readonly apiPort = API_PORT;
  readonly nodes: readonly { name: string; address: string }[];
  readonly #lab: RunningLab;
  readonly #base: string;

  constructor(lab: RunningLab, { controlPlane, nodes }: ClusterRecord) {
    this.#lab = lab;
    this.controlPlane = controlPlane;
    this.nodes = nodes;
    const address = nodes.find(({ name }) => name === controlPlane)?.address;
    if (!address) throw new HoplabError('internal', `${controlPlane} has no address in its cluster`);
    this.#base = `https://${address}:${API_PORT}`;
  }

  async get(path: string, { timeoutMs = TIMEOUT_MS } = {}): Promise<ApiAnswer> {
    const argv = this.#curl(path, '--max-time', `${timeoutMs / 1000}`, '-w', '\n%{http_code}');
    const looked = await this.#lab.look({ node: this.controlPlane }, argv, {
      timeoutMs: timeoutMs + 1000,
      maxBytes: MAX_BYTES,
    });
    if (!looked.ok) return { ok: false, why: looked.why };
    if (looked.code !== 0) return { ok: false, why: `the API does not answer: ${looked.stderr.trim() || looked.code}` };
    const at = looked.stdout.lastIndexOf('\n');
    const body = looked.stdout.slice(0, at);
    return { ok: true, status: Number(looked.stdout.slice(at + 1)), body: parsed(body) };
  }

  watch(path: string, on: { event(type: string, object: unknown): void; lost?(why: string): void }): Disposable {
    const argv = this.#curl(`${path}${path.includes('?') ? '&' : '?'}watch=1`, '--no-buffer');
    return watchCollection(this.#lab, { node: this.controlPlane }, argv, on);
  }

  /** Writes a time into a node's annotations: changes its object and nothing else (Sleeper.touchNode). */
  async touchNode(name: string): Promise<void> {
    const patch = JSON.stringify({ metadata: { annotations: { 'hoplab/thawed-at': new Date().toISOString() } } });
    const how = ['-X', 'PATCH', '-H', 'content-type: application/merge-patch+json', '-o', '/dev/null', '-d', patch];
    const argv = this.#curl(`/api/v1/nodes/${encodeURIComponent(name)}`, '--max-time', '5', ...how);
    await this.#lab.look({ node: this.controlPlane }, argv, { timeoutMs: TIMEOUT_MS });
  }

  placeOf(pod: string): Promise<PodPlace> {
    return findPod(this.#lab, this, pod);
  }

  #curl(path: string, ...options: string[]): [string, ...string[]] {
    const keys = [
      '--cacert',
      `${CREDENTIALS}/ca.crt`,
      '--cert',
      `${CREDENTIALS}/client.crt`,
      '--key',
      `${CREDENTIALS}/client.key`,
    ];
    // --globoff: a path's brackets are no pattern; --path-as-is: dots are the caller's.
    return [
      'curl',
      '-sS',
      '--noproxy',
      '*',
      '--globoff',
      '--path-as-is',
      ...keys,
      ...options,
      '--',
      `${this.#base}${path}`,
    ];
  }
}

/** JSON where it is JSON; `/readyz` and errors on the way answer with plain text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
