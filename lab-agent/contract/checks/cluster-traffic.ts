import * as z from 'zod';
import { address, isClusterName, nodeName, podName } from '../names.ts';
import { port, seconds } from './traffic.ts';

/** Kinds that try for real what a cluster lets through and where its services lead. */

/** A place by one word: `pod/pod1`, `pod/shop/web`, `node/k8s-m`. */
const placeName = z
  .string()
  .refine(
    (name) => isClusterName(name) && !name.startsWith('service/'),
    'a place like pod/pod1 or node/k8s-m is wanted',
  );

const connection = {
  from: placeName.describe('Where it starts: `pod/pod1` or `node/k8s-m`.'),
  to: address,
  proto: z.enum(['tcp', 'udp', 'icmp']).default('tcp'),
  port: port.optional().describe('For tcp and udp; 80 unless given.'),
};

export const traffic = z
  .strictObject({
    ...connection,
    is: z.enum(['allowed', 'denied']).default('allowed'),
    baseline: z
      .strictObject({
        from: placeName.optional(),
        to: address.optional(),
        proto: z.enum(['tcp', 'udp', 'icmp']).optional(),
        port: port.optional(),
      })
      .refine((b) => Object.values(b).some((v) => v !== undefined), 'say what differs: `from`, `to`, `port` or `proto`')
      .optional()
      .describe('For `denied`: what differs in traffic that is allowed now, e.g. `{ from: pod/other }`.'),
    within: seconds.default(1).describe('Seconds to wait for an answer.'),
  })
  .refine((t) => t.is === 'allowed' || t.baseline !== undefined, {
    error: '`is: denied` needs a `baseline`: the same with one thing changed, which is allowed now',
    path: ['baseline'],
  })
  .refine((t) => t.is === 'denied' || t.baseline === undefined, {
    error: '`baseline` goes with `is: denied` only',
    path: ['baseline'],
  })
  .refine((t) => t.proto !== 'icmp' || t.port === undefined, { error: 'icmp has no ports', path: ['port'] })
  .describe(
    'Traffic from one place to another is allowed or denied, tried for real. With udp something must answer; port 53 is asked a DNS question.',
  );

export const service = z
  .strictObject({
    name: podName.describe('The service, NAMESPACE/NAME; the namespace is `default` unless given.'),
    from: placeName.describe('Where it is asked from: `pod/pod1` or `node/k8s-m`.'),
    port: port.optional().describe('The port of the service; its only one, or its first, unless given.'),
    nodePort: nodeName.optional().describe("The node whose NodePort is asked; the service's own address unless given."),
    endpoints: z.int().min(1).max(20).optional().describe('How many ready endpoints it has.'),
    sourceSeen: z
      .union([address, z.array(address).min(1).max(20)], {
        error: 'an IP address like 11.11.11.2, a name like pod/pod2 or node/k8s-w1, or a list of them is wanted',
      })
      .transform((seen) => (Array.isArray(seen) ? seen : [seen]))
      .optional()
      .describe('The source address that each endpoint sees; a list when they see different ones.'),
    within: seconds.default(1).describe('Seconds to wait for each answer.'),
  })
  .describe('Every ready endpoint of a service answers to HTTP when the service is asked often enough.');
