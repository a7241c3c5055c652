import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { HoplabError } from '../contract/errors.ts';
import type { ClusterSettings, Topology } from '../contract/topology.ts';
import { addressInCluster, clusterNodes } from '../lab/plan-cluster.ts';
import type { Provider, RunningLab } from '../providers/provider.ts';
import { fillIn } from './fill-in.ts';
import { followReadiness, stepsOf } from './readiness.ts';
import { keepCredentials } from './template-folder.ts';

/**
 * Makes a template: brings the topology up, lets kubeadm and the CNI's own manifest make the cluster, waits until all is
 * ready, switches it off and keeps what is on the disks.
 */
export type MakeTemplate = {
  provider: Provider;
  topology: Topology;
  /** Where it will be, when it is whole. */
  folder: string;
  labId: string;
  say(stage: string, fraction: number): void;
  signal?: AbortSignal | undefined;
};

const SHARE = '/usr/share/hoplab/cluster';
const KUBEADM_MS = 120_000;
const READY_MS = 240_000;
/** What is kept of a node's disk. Container state is not: pods are made anew by whoever starts from the template. */
const KEPT = [
  'etc/kubernetes',
  'root/.kube/config',
  'var/lib/calico/nodename',
  'var/lib/etcd',
  'var/lib/kubelet/config.yaml',
  'var/lib/kubelet/kubeadm-flags.env',
  'var/lib/kubelet/pki',
];

/** Calico writes its CNI configuration when it can serve pods; one that lay there before would only make them fail. */
const keptOf = ({ cni }: ClusterSettings): string[] => (cni === 'ptp' ? [...KEPT, 'etc/cni/net.d'] : KEPT);

export async function makeTemplate({ provider, topology, folder, labId, say, signal }: MakeTemplate): Promise<void> {
  const settings = topology.cluster as ClusterSettings;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  say('bringing machines up', 0.05);
  const lab = await provider.build({ id: labId, topology, template: partial, signal });
  const since = Date.now();
  try {
    say('kubeadm init', 0.1);
    await init(lab, topology, settings);
    keepCredentials(partial, parseYaml(await read(lab, settings.controlPlane, '/etc/kubernetes/admin.conf')));
    say('kubeadm join', 0.25);
    await Promise.all(settings.workers.map((node) => joinWorker(lab, topology, settings, node)));
    say('starting the network', 0.35);
    await applyNetwork(lab, topology, settings);
    await untilReady(lab, settings, since, say, signal);
    say('switching it off', 0.9);
    await switchOff(lab, topology, settings);
    for (const node of clusterNodes(topology)) await lab.saveDisk(node, keptOf(settings), join(partial, 'disks', node));
    renameSync(join(partial, 'disks'), join(partial, 'nodes'));
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(partial, folder);
  } finally {
    await lab.destroy();
    rmSync(partial, { recursive: true, force: true });
  }
}

async function init(lab: RunningLab, topology: Topology, settings: ClusterSettings): Promise<void> {
  const node = settings.controlPlane;
  const text = fillIn(await read(lab, node, `${SHARE}/kubeadm/init.yaml`), {
    NODE: node,
    ADDRESS: addressInCluster(topology, node) as string,
    POD_SUBNET: settings.podSubnet,
    SERVICE_SUBNET: settings.serviceSubnet,
    CONTROLLER_MANAGER_ARGS:
      Object.keys(settings.podRanges).length > 0 ? '    - { name: allocate-node-cidrs, value: "false" }' : '',
  });
  await type(lab, node, [
    untilContainerd,
    `cat > /root/kubeadm.yaml <<'EOF'\n${text}\nEOF`,
    'kubeadm init --config /root/kubeadm.yaml --skip-phases=preflight,show-join-command,addon',
    'mkdir -p /root/.kube; cp /etc/kubernetes/admin.conf /root/.kube/config',
  ]);
}

async function joinWorker(lab: RunningLab, topology: Topology, settings: ClusterSettings, node: string): Promise<void> {
  const text = fillIn(await read(lab, node, `${SHARE}/kubeadm/join.yaml`), {
    NODE: node,
    ADDRESS: addressInCluster(topology, node) as string,
    API: `${addressInCluster(topology, settings.controlPlane)}:6443`,
  });
  await type(lab, node, [
    untilContainerd,
    `cat > /root/kubeadm.yaml <<'EOF'\n${text}\nEOF`,
    'kubeadm join --config /root/kubeadm.yaml --skip-phases=preflight',
    'rm /root/kubeadm.yaml',
  ]);
}

async function applyNetwork(lab: RunningLab, topology: Topology, settings: ClusterSettings): Promise<void> {
  const at = settings.controlPlane;
  if (settings.cni === 'calico') {
    const text = fillIn(await read(lab, at, `${SHARE}/calico/kustomization.yaml`), {
      POD_SUBNET: settings.podSubnet,
      BLOCK_SIZE: String(settings.blockSize),
      INTERFACE: settings.interface,
      API_HOST: addressInCluster(topology, at) as string,
    });
    await type(lab, at, [
      `mkdir /tmp/calico; cp ${SHARE}/calico/calico.yaml /tmp/calico/`,
      `cat > /tmp/calico/kustomization.yaml <<'EOF'\n${text}\nEOF`,
      'kubectl kustomize /tmp/calico | kubectl apply --server-side -f -; rm -r /tmp/calico',
    ]);
  } else await applyPtp(lab, topology, settings);
  // Only now: CoreDNS' pods would wait for a network and be tried again later and later.
  // It prints notes in brackets before them, and no line break after the first separator; kustomize takes neither.
  const print = (addon: string) =>
    `kubeadm init phase addon ${addon} --config /root/kubeadm.yaml --print-manifest | sed '/^\\[/d; s/^---\\(.\\)/---\\n\\1/' > /tmp/addons/${addon}.yaml`;
  await type(lab, at, [
    `mkdir /tmp/addons; cp ${SHARE}/addons/kustomization.yaml /tmp/addons/`,
    ...['kube-proxy', 'coredns'].map(print),
    'kubectl kustomize /tmp/addons | kubectl apply --server-side -f -; rm -r /tmp/addons /root/kubeadm.yaml',
  ]);
}

/** ptp and host-local need a file on each node; the control plane, if it is hidden, is no node any more. */
async function applyPtp(lab: RunningLab, topology: Topology, settings: ClusterSettings): Promise<void> {
  for (const [node, range] of Object.entries(settings.podRanges)) {
    const text = fillIn(await read(lab, node, `${SHARE}/ptp/10-containerd-net.conflist`), {
      MTU: String(settings.podMtu ?? 1500),
      POD_RANGE: range,
    });
    await type(lab, node, [`cat > /etc/cni/net.d/10-containerd-net.conflist <<'EOF'\n${text}EOF`]);
    const patch = JSON.stringify({ spec: { podCIDR: range, podCIDRs: [range] } });
    await type(lab, settings.controlPlane, [`kubectl patch node ${node} -p '${patch}'`]);
  }
  if (!settings.hiddenControlPlane) return;
  const at = settings.controlPlane;
  await type(lab, at, [
    `sed -i 's/^registerNode: true/registerNode: false/' /var/lib/kubelet/config.yaml; sv restart kubelet`,
    `kubectl delete node ${at}`,
    // What ran there and is left in the API would be waited for until somebody collects it.
    `kubectl delete pod -A --field-selector spec.nodeName=${at} --force --grace-period=0`,
  ]);
  const admin = await read(lab, at, '/etc/kubernetes/admin.conf');
  for (const node of clusterNodes(topology).slice(1)) {
    await type(lab, node, [`mkdir -p /root/.kube; cat > /root/.kube/config <<'EOF'\n${admin}EOF`]);
  }
}

async function untilReady(
  lab: RunningLab,
  settings: ClusterSettings,
  since: number,
  say: MakeTemplate['say'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const limit = AbortSignal.any([AbortSignal.timeout(READY_MS), ...(signal ? [signal] : [])]);
  let last = '';
  await followReadiness(lab, {
    steps: stepsOf(settings),
    since,
    signal: limit,
    onStep: ({ observed }) => {
      last = observed;
      say(observed, 0.5);
    },
  });
  signal?.throwIfAborted();
  if (limit.aborted)
    throw new HoplabError('build-failed', `the cluster did not become ready: ${last}`, 'See the log of the agent.');
}

/** Kubelets first, so that nothing is started again; then etcd, which closes its files. All else ends with the lab. */
async function switchOff(lab: RunningLab, topology: Topology, settings: ClusterSettings): Promise<void> {
  const nodes = clusterNodes(topology);
  await untilNotReady(lab, settings, nodes);
  await Promise.all(nodes.map((node) => type(lab, node, ['sv -w 10 force-stop kubelet || true', NETWORK_ON])));
  // Pods with addresses of their own give them back while the API still answers; else every lab would begin with leaked ones.
  // containerd notices a moment later that it has its network again.
  const release =
    "until crictl pods --name 'coredns|calico-kube-controllers' -q | xargs -r crictl stopp; do sleep 0.1; done";
  await Promise.all(nodes.map((node) => type(lab, node, [release])));
  await type(lab, settings.controlPlane, [
    'pkill -TERM -x kube-apiserver || true; pkill -TERM -x etcd || true; while pgrep -x etcd; do sleep 0.05; done',
  ]);
}

/** A hidden control plane has no network for pods. */
const NETWORK_OFF = 'cd /etc/cni/net.d; for f in *.conflist; do [ ! -e $f ] || mv $f $f.off; done';
const NETWORK_ON = 'cd /etc/cni/net.d; for f in *.off; do [ ! -e $f ] || mv $f $(basename $f .off); done';

/**
 * A kubelet whose node the API still calls Ready looks at its network every five seconds only; one that is not, ten times
 * a second until it is. So nodes are kept as a power cut leaves them at last: not Ready, since their network is gone.
 */
async function untilNotReady(lab: RunningLab, settings: ClusterSettings, nodes: readonly string[]): Promise<void> {
  await Promise.all(nodes.map((node) => type(lab, node, [NETWORK_OFF])));
  await type(lab, settings.controlPlane, ['kubectl wait node --all --for=condition=Ready=false --timeout=60s']);
}

const untilContainerd = 'until ctr version >/dev/null 2>&1; do sleep 0.05; done';

async function read(lab: RunningLab, node: string, path: string): Promise<string> {
  const file = await lab.readFile(node, path, 1024 * 1024);
  if (file.ok) return file.text;
  throw new HoplabError('build-failed', `${path} on ${node}: ${file.why}`);
}

/** Runs commands on a node one after another. @throws HoplabError `build-failed` with what was printed last */
async function type(lab: RunningLab, node: string, commands: readonly string[]): Promise<void> {
  const script = ['set -e', 'export HOME=/root', ...commands].join('\n');
  const result = await lab.runInside(node, script, { timeoutMs: KUBEADM_MS, maxBytes: 4 * 1024 * 1024 });
  if (result.ok && result.code === 0) return;
  const said = result.ok ? `${result.stdout}\n${result.stderr}`.trim().slice(-3000) : result.why;
  throw new HoplabError(
    'build-failed',
    `making the cluster failed on ${node}: ${said}`,
    'The machine may be too busy: try again.',
  );
}
