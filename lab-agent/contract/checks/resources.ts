/** Kubernetes' and Calico's resources that a check may name; anything else is named by its path. */
const CORE = '/api/v1';
const CALICO = '/apis/crd.projectcalico.org/v1';
type Resource = { base: string; namespaced: boolean };
const every = (base: string, namespaced: boolean, names: string[]) =>
  names.map((name): [string, Resource] => [name, { base, namespaced }]);
const inNamespaces = (base: string, ...names: string[]) => every(base, true, names);
const ofCluster = (base: string, ...names: string[]) => every(base, false, names);

export const resources: ReadonlyMap<string, Resource> = new Map([
  ...inNamespaces(CORE, 'pods', 'services', 'endpoints', 'configmaps', 'secrets', 'serviceaccounts', 'events'),
  ...ofCluster(CORE, 'nodes', 'namespaces'),
  ...inNamespaces('/apis/apps/v1', 'deployments', 'daemonsets', 'replicasets', 'statefulsets'),
  ...inNamespaces('/apis/batch/v1', 'jobs'),
  ...inNamespaces('/apis/discovery.k8s.io/v1', 'endpointslices'),
  ...inNamespaces('/apis/networking.k8s.io/v1', 'networkpolicies', 'ingresses'),
  ...ofCluster(CALICO, 'ippools', 'ipamblocks', 'blockaffinities', 'ipamhandles', 'ipreservations', 'bgppeers'),
  ...ofCluster(CALICO, 'bgpconfigurations', 'bgpfilters', 'felixconfigurations', 'globalnetworkpolicies'),
  ...ofCluster(CALICO, 'globalnetworksets', 'hostendpoints', 'clusterinformations'),
  ...inNamespaces(CALICO, 'networksets'),
]);

/** A path of the API, taken apart: `/api/v1/namespaces/default/pods/pod1`. */
export type ApiPath = { base: string; namespace?: string | undefined; resource: string; name?: string | undefined };

/** @returns undefined for what is no resource of the API: other paths, subresources */
export function readApiPath(path: string): ApiPath | undefined {
  const found = /^(\/api\/v1|\/apis\/[a-z0-9.-]+\/v[0-9a-z]+)\/(.+?)\/?$/.exec(path);
  if (!found) return undefined;
  const [base = '', rest = ''] = found.slice(1);
  const parts = rest.split('/');
  if (!parts.every((part) => /^[A-Za-z0-9][A-Za-z0-9.:_-]*$/.test(part))) return undefined;
  const [first = '', second, third, fourth] = parts;
  if (first !== 'namespaces' || third === undefined) {
    return parts.length <= 2 ? { base, resource: first, name: second } : undefined;
  }
  return parts.length <= 4 ? { base, namespace: second, resource: third, name: fourth } : undefined;
}
