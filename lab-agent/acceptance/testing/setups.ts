/** For tests: the set-ups of cluster labs that the sources' file names in words, as a learner would type them. */
export type SetUp = {
  /** Typed one after another; each waits for the state that it is about. */
  make: readonly string[];
  /** Back to exactly the state before, where that can be done. */
  undo?: readonly string[];
  /** The node that it is typed on. */
  at: string;
};

const NETSHOOT = 'nicolaka/netshoot';
const WHOAMI = 'traefik/whoami';
const WAIT = '--for=condition=Ready --timeout=60s';

/** A pod on a node that ends at once when it is deleted. */
function run(name: string, image: string, node: string | undefined, command = ''): string {
  const spec = { ...(node ? { nodeName: node } : {}), terminationGracePeriodSeconds: 0 };
  return `kubectl run ${name} --image=${image} --overrides='${JSON.stringify({ spec })}'${command}`;
}

function netshoots(at: string, nodes: Readonly<Record<string, string | undefined>>): SetUp {
  const names = Object.keys(nodes);
  return {
    at,
    make: [
      ...names.map((name) => run(name, NETSHOOT, nodes[name], ' -- tail -f /dev/null')),
      `kubectl wait ${WAIT} ${names.map((name) => `pod/${name}`).join(' ')}`,
    ],
    undo: [`kubectl delete pod ${names.join(' ')}`],
  };
}

/** pod1 pings another pod once a second, in a process of the pod's; ended with it. */
function pinging(at: string, other: string): SetUp {
  const address = `$(kubectl get pod ${other} -o jsonpath='{.status.podIP}')`;
  return {
    at,
    make: [
      `until kubectl exec pod1 -- ping -c 1 -W 1 ${address} >/dev/null; do sleep 0.2; done`,
      `kubectl exec pod1 -- sh -c "ping ${address} >/dev/null 2>&1 &"`,
    ],
    undo: ['kubectl exec pod1 -- pkill ping'],
  };
}

function deployment(name: string, expose: string): SetUp {
  return {
    at: 'k8s-m',
    make: [
      `kubectl create deployment ${name} --image=nginx --replicas=3`,
      expose,
      `kubectl rollout status deployment ${name} --timeout=60s`,
      `until [ "$(kubectl get endpoints ${name} -o jsonpath='{.subsets[*].addresses[*].ip}' 2>/dev/null | wc -w)" = 3 ]; do sleep 0.2; done`,
    ],
    undo: [`kubectl delete service,deployment ${name}`, `kubectl wait --for=delete pod -l app=${name} --timeout=60s`],
  };
}

function podWithService(name: string, image: string, node: string | undefined, expose: string): SetUp {
  return {
    at: 'k8s-m',
    make: [run(name, image, node), expose, `kubectl wait ${WAIT} pod/${name}`],
    undo: [`kubectl delete service/${name} pod/${name}`],
  };
}

const NODE_PORT = { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 31010 }] } };

/** `kans` and `gke`, the labs as they start, need none. What another entry of the file does is in sittings.ts. */
export const setups: Readonly<Record<string, SetUp>> = {
  'node1-pod2': netshoots('k8s-m', { pod1: 'k8s-w1', pod2: 'k8s-w1' }),
  'node2-pod2': netshoots('k8s-m', { pod1: 'k8s-w1', pod2: 'k8s-w2' }),
  'node3-pod3': netshoots('k8s-m', { pod1: 'k8s-w1', pod2: 'k8s-w2', pod3: 'k8s-w0' }),
  pinging: pinging('k8s-m', 'pod2'),
  'pinging-w0': pinging('k8s-m', 'pod3'),
  'nginx-test': deployment('nginx-test', 'kubectl expose deployment nginx-test --port=80'),
  'nginx-nodeport-test': deployment(
    'nginx-nodeport-test',
    'kubectl create service nodeport nginx-nodeport-test --tcp=80 --node-port=31000',
  ),
  'clusterip-dnat': podWithService('clusterip-dnat', WHOAMI, 'k8s-w1', 'kubectl expose pod clusterip-dnat --port=80'),
  'nodeport-dnat': podWithService(
    'nodeport-dnat',
    WHOAMI,
    'k8s-w1',
    `kubectl expose pod nodeport-dnat --port=80 --type=NodePort --overrides='${JSON.stringify(NODE_PORT)}'`,
  ),
  'dns-query': netshoots('k8s-m', { 'dns-query': undefined }),
  'coredns-example': podWithService(
    'coredns-example',
    'nginx',
    undefined,
    'kubectl expose pod coredns-example --port=80',
  ),
  'gke-pods': netshoots('gke-node-1', { pod1: 'gke-node-1', pod2: 'gke-node-2' }),
  'gke-pinging': pinging('gke-node-1', 'pod2'),
};
