import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parse } from '../contract/parse.ts';
import type { Topology } from '../contract/topology.ts';
import { recipeHashOf } from '../image/parts/hash.ts';

/**
 * A cluster that was built once and switched off, as it lies on this machine:
 *   api/    ca.crt client.crt client.key: how the agent asks the API
 *   nodes/NODE/…   what lay on the node's disk beside the image
 */

/** Raised when how templates are made changes what comes out. */
const RECIPE_VERSION = 3;

/** Names a template by all that it depends on: the image, and what the topology says of nodes, networks and cluster. */
export function templateHash(topology: Topology, imageHash: string): string {
  const { networks, nodes, cluster } = topology;
  return recipeHashOf([RECIPE_VERSION, imageHash, networks, nodes, cluster]);
}

const kubeconfig = z.object({
  clusters: z.array(z.object({ cluster: z.object({ 'certificate-authority-data': z.base64() }) })).min(1),
  users: z
    .array(z.object({ user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }) }))
    .min(1),
});

/** Keeps the credentials of kubeadm's admin.conf (already read as YAML) in a template's folder. */
export function keepCredentials(folder: string, adminConf: unknown): void {
  const { clusters, users } = parse(kubeconfig, adminConf, 'admin.conf');
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  const files = {
    'ca.crt': cluster?.['certificate-authority-data'],
    'client.crt': user?.['client-certificate-data'],
    'client.key': user?.['client-key-data'],
  };
  mkdirSync(join(folder, 'api'), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, 'api', name), Buffer.from(text as string, 'base64'), { mode: 0o600 });
  }
}

export const templateIsWhole = (folder: string): boolean => existsSync(join(folder, 'nodes'));
