import type { RunningLab } from '../../providers/provider.ts';
import { clusterLab, type TestCluster } from './cluster-lab.ts';

/** For tests: what a learner does with BGP in a kans lab, typed on its nodes. States are waited for, never times. */
const WAIT_MS = 30_000;
const EVERY_MS = 100;
/** A template made first, and a cluster switched on, on a machine that is busy. */
export const START_MS = 400_000;
const CONTROL_PLANE = 'k8s-m';
export const NODES = ['k8s-m', 'k8s-w1', 'k8s-w2', 'k8s-w0'];
export const ROUTER = '192.168.10.254';

export type Resource = { kind: string; metadata: { name: string }; spec: Record<string, unknown> };

/** The one pool of the lab, with what a test changes in it. */
export const pool = (spec: Record<string, unknown>): Resource => ({
  kind: 'IPPool',
  metadata: { name: 'default-ipv4-ippool' },
  spec: {
    cidr: '172.16.0.0/16',
    blockSize: 24,
    natOutgoing: true,
    ipipMode: 'Always',
    vxlanMode: 'Never',
    nodeSelector: 'all()',
    ...spec,
  },
});

export const configuration = (spec: Record<string, unknown>): Resource => ({
  kind: 'BGPConfiguration',
  metadata: { name: 'default' },
  spec: { logSeverityScreen: 'Info', nodeToNodeMeshEnabled: true, ...spec },
});

export const routerPeer = (spec: Record<string, unknown> = {}): Resource => ({
  kind: 'BGPPeer',
  metadata: { name: 'router' },
  spec: { peerIP: ROUTER, asNumber: 64512, ...spec },
});

/** BIRD on a node, asked as the agent asks it. */
export const birdc = (question: string): string => `birdc -r -s /run/calico/bird2.ctl ${question}`;

export class BgpLab implements AsyncDisposable {
  readonly #made: TestCluster;
  #undo: (() => Promise<unknown>)[] = [];

  private constructor(made: TestCluster) {
    this.#made = made;
  }

  /** A kans lab with its mesh established. */
  static async start(): Promise<BgpLab> {
    const lab = new BgpLab(await clusterLab('kans'));
    try {
      for (const node of NODES) await lab.untilMeshed(node);
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  /** Waits until a node's sessions with the three others are up. */
  async untilMeshed(node: string): Promise<void> {
    await this.until(node, `${birdc('show protocols')} | grep -c 'Mesh.*Established'`, [/^3$/m]);
  }

  get lab(): RunningLab {
    return this.#made.lab;
  }

  /** Types commands on a node. @throws when one fails */
  type(node: string, script: string): Promise<string> {
    return this.#made.type(node, `set -e\n${script}`, WAIT_MS);
  }

  /** Types until what is printed matches all of `wanted` and nothing that is `absent`. @throws with what was printed last */
  async until(node: string, script: string, wanted: RegExp[], { absent }: { absent?: RegExp } = {}): Promise<string> {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const ran = await this.lab.runInside(node, script, { timeoutMs: WAIT_MS });
      const text = ran.ok ? `${ran.stdout}${ran.stderr}` : ran.why;
      if (wanted.every((one) => one.test(text)) && !absent?.test(text)) return text;
      if (Date.now() > end) {
        const what = `${wanted.join(', ')}${absent ? ` and no ${absent}` : ''}`;
        throw new Error(`${node}: ${script}\nwanted: ${what}\nprinted last:\n${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  /** Applies Calico's resources until `putBack`: what they replace is restored then, what they add is deleted. */
  async given(...resources: Resource[]): Promise<void> {
    for (const one of resources) {
      if (one.kind === 'IPPool') this.onPutBack(() => this.#calicoctl('apply', pool({})));
      else if (one.metadata.name === 'default') this.onPutBack(() => this.#calicoctl('replace', configuration({})));
      else this.onPutBack(() => this.#calicoctl('delete --skip-not-exists', one));
    }
    await this.#calicoctl('apply', ...resources);
  }

  delete(resource: Resource): Promise<string> {
    return this.#calicoctl('delete', resource);
  }

  /** Writes a node's annotations and labels of Calico's, until `putBack`. An empty value removes one. */
  async mark(node: string, what: 'annotate' | 'label', key: string, value: string): Promise<void> {
    this.onPutBack(() => this.type(CONTROL_PLANE, `kubectl ${what} node ${node} ${key}-`));
    await this.type(CONTROL_PLANE, `kubectl ${what} node ${node} ${key}=${value}`);
  }

  onPutBack(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  async putBack(): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo();
    this.#undo = [];
  }

  /** Runs a command in the calico-node container of a node. */
  inside(node: string, command: string): Promise<string> {
    const pod = `$(kubectl -n kube-system get pod -l k8s-app=calico-node --field-selector spec.nodeName=${node} -o name)`;
    return this.type(CONTROL_PLANE, `kubectl -n kube-system exec ${pod} -c calico-node -- ${command}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#made[Symbol.asyncDispose]();
  }

  #calicoctl(verb: string, ...resources: Resource[]): Promise<string> {
    const written = resources.map((one) => JSON.stringify({ apiVersion: 'projectcalico.org/v3', ...one }));
    return this.type(CONTROL_PLANE, `calicoctl ${verb} -f - <<'EOF'\n${written.join('\n---\n')}\nEOF`);
  }
}
