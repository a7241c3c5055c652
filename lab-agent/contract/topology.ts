import * as z from 'zod';
import { cidr, deviceName, ip, nodeName, sysctlKey } from './names.ts';

/** A topology as its author writes it: `content/<course>/topologies/<name>.yaml`. */
const networkName = z.string().regex(/^[a-z][a-z0-9-]{0,9}$/, 'a network has 1 to 10 small letters, digits or "-"');

const networkAsWritten = z
  .strictObject({
    kind: z
      .enum(['bridge', 'link'])
      .default('bridge')
      .describe('`bridge`: any number of interfaces on one segment; `link`: one cable between exactly two.'),
    mtu: z.int().min(576).max(65535).optional().describe('MTU of every interface on it, in bytes.'),
  })
  .nullable()
  .transform((n) => n ?? { kind: 'bridge' as const, mtu: undefined });

const interfaceAsWritten = z.strictObject({
  network: networkName.describe('The network that it is plugged into.'),
  address: z
    .union([cidr, z.array(cidr)])
    .default([])
    .transform((a) => (Array.isArray(a) ? a : [a]))
    .describe('One address with its prefix length, or a list of them.'),
  mac: z
    .string()
    .regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, 'a MAC address like 02:00:00:00:00:01 is wanted')
    .optional(),
  up: z.boolean().default(true),
});

const routeAsWritten = z.strictObject({
  to: z
    .union([z.literal('default'), cidr], { error: '`default`, or a network like 10.1.0.0/16 is wanted' })
    .describe('`default` or a network like 10.1.0.0/16.'),
  via: ip.optional().describe('The next hop.'),
  dev: deviceName.optional(),
});

const serviceAsWritten = z.union([
  z
    .string()
    .min(1)
    .transform((run) => ({ run })),
  z.strictObject({ run: z.string().min(1).describe('A shell command that stays in the foreground.') }),
]);

const nodeAsWritten = z.strictObject({
  kind: z
    .enum(['machine', 'internet'])
    .default('machine')
    .describe('`internet` answers for every public name and address; it has no shell.'),
  interfaces: z.record(deviceName, interfaceAsWritten).default({}),
  routes: z.array(routeAsWritten).default([]),
  sysctls: z.record(sysctlKey, z.union([z.string(), z.number()]).transform(String)).default({}),
  hosts: z.record(z.string(), ip).default({}).describe('Further lines of /etc/hosts: name to address.'),
  start: z.array(z.string().min(1)).default([]).describe('Shell commands, run in order once the networks are up.'),
  services: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), serviceAsWritten).default({}),
  shell: z.boolean().optional().describe('Whether learners get a terminal; true for machines.'),
  containers: z
    .boolean()
    .default(false)
    .describe('Ready for containerd and kubelet: cgroups of its own, shared mounts, disks that are no overlay.'),
});

const nodeNames = z.array(nodeName).max(12);
const clusterAsWritten = z
  .strictObject({
    controlPlane: nodeName.describe('The node that kubeadm makes the control plane.'),
    workers: nodeNames.default([]).describe('The nodes that join it, in this order.'),
    interface: deviceName.describe("The interface whose first IPv4 address is each node's own in the cluster."),
    podSubnet: z.cidrv4().describe("All pods' addresses: 172.16.0.0/16."),
    serviceSubnet: z.cidrv4().default('10.96.0.0/12'),
    cni: z
      .enum(['calico', 'ptp'])
      .default('calico')
      .describe(
        '`calico`, from its own manifest; `ptp`: ptp, host-local and portmap, with routes that the topology has.',
      ),
    blockSize: z.int().min(20).max(32).default(24).describe("Prefix length of Calico's blocks of addresses."),
    podMtu: z.int().min(576).max(65535).optional().describe("MTU of the pods' interfaces, in bytes, for `ptp`."),
    podRanges: z.record(nodeName, z.cidrv4()).default({}).describe("Each node's range of pod addresses, for `ptp`."),
    hiddenControlPlane: z
      .boolean()
      .default(false)
      .describe('The control plane is no node of the cluster that it runs, as with managed offers.'),
  })
  .describe('A Kubernetes cluster made by kubeadm on nodes of this topology.');
export type ClusterSettings = z.output<typeof clusterAsWritten>;

export const topologySchema = z.strictObject({
  title: z.string().min(1),
  networks: z.record(networkName, networkAsWritten).default({}),
  nodes: z
    .record(nodeName, nodeAsWritten)
    .refine((n) => Object.keys(n).length > 0, 'a topology needs at least one node')
    .refine((n) => Object.keys(n).length <= 16, 'a lab has at most 16 nodes'),
  limits: z
    .strictObject({
      memoryMb: z
        .int()
        .min(64)
        .max(16384)
        .default(768)
        .describe('Memory of the whole lab, its disks included, in MiB.'),
      processes: z.int().min(64).max(16384).default(1024),
      diskMb: z.int().min(16).max(16384).default(256).describe('What one node may write, in MiB.'),
    })
    .prefault({}),
  cluster: clusterAsWritten.optional(),
  egress: z
    .boolean()
    .default(false)
    .describe('The internet node leads to the real internet, where the operator allows it (HOPLAB_EGRESS).'),
  standsIn: z
    .array(z.string().min(1))
    .default([])
    .describe('What stands in for what, as told to the learner: "the internet node for the public internet".'),
});

export type TopologyInput = z.input<typeof topologySchema>;
/** Defaults filled in, shorthand normalised, names not yet resolved against each other. */
export type Topology = z.output<typeof topologySchema>;
export type TopologyNode = Topology['nodes'][string];
