import * as z from 'zod';
import { address, clusterName, deviceName, namedHost, nodeName, pattern } from '../names.ts';
import { onePlace, place } from './places.ts';

/** Kinds that send something, or trust the lab's own programs. They re-run when the learner's command has ended. */

export const seconds = z.number().min(0.2).max(20);
export const port = z.int().min(1).max(65535);

export const ping = z
  .strictObject({
    ...place,
    to: address,
    from: z
      .union([z.ipv4(), z.ipv6(), clusterName, deviceName], {
        error: 'an IP address, a name or an interface is wanted',
      })
      .optional()
      .describe('Source address or interface.'),
    count: z.int().min(1).max(5).default(1),
    size: z.int().min(0).max(65507).optional().describe('Bytes of payload.'),
    whole: z.boolean().default(false).describe('Forbid fragmentation.'),
    ttl: z.int().min(1).max(255).optional().describe('The TTL that the reply arrives with.'),
    within: seconds.default(1).describe('Seconds to wait for each reply.'),
  })
  .refine(...onePlace)
  .describe('An ICMP echo is answered.');

export const tcp = z
  .strictObject({ ...place, to: address, port, within: seconds.default(2) })
  .refine(...onePlace)
  .describe('A TCP connection is accepted.');

export const http = z
  .strictObject({
    ...place,
    url: z
      .union([z.url({ protocol: /^https?$/ }), z.string().refine((url) => namedHost(url) !== undefined)], {
        error: 'a URL like http://10.96.0.1/, or with a name and its port like http://service/web:80/ is wanted',
      })
      .refine((url) => namedHost(url) !== undefined || !/^https?:\/\/(pod|service|node)\//.test(url), {
        error: 'a name in a URL is followed by its port: http://service/web:80/',
      }),
    host: z.string().max(253).optional().describe('The Host header.'),
    status: z.int().min(100).max(599).default(200),
    matches: pattern.optional().describe('A pattern that the body matches.'),
    within: seconds.default(3),
  })
  .refine(...onePlace)
  .describe('A web server answers.');

export const dns = z
  .strictObject({
    ...place,
    name: z.string().min(1).max(253),
    type: z.enum(['A', 'AAAA', 'CNAME', 'SRV', 'PTR', 'TXT', 'NS', 'SOA']).default('A'),
    server: address.optional().describe("The resolver asked; the node's own unless given."),
    answer: z.string().optional().describe('One of the answers, as dig +short prints it; or the name of what has it.'),
    status: z.enum(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']).default('NOERROR'),
    within: seconds.default(2),
  })
  .refine(...onePlace)
  .describe('A name resolves.');

export const command = z
  .strictObject({
    node: nodeName,
    run: z
      .string()
      .min(1)
      .max(2000)
      .describe("Run by the node's own shell, as root: trusts what the learner installed."),
    exit: z.int().min(0).max(255).default(0),
    matches: pattern.optional().describe('A pattern that the output (stdout and stderr) matches.'),
    within: seconds.default(5),
  })
  .describe('A command on the node ends with a status and an output.');

/** What a capture causes once it listens; the same parameters as the check of that name. */
const cause = z
  .strictObject({ ping: ping.optional(), tcp: tcp.optional(), http: http.optional(), dns: dns.optional() })
  .refine((c) => Object.values(c).filter(Boolean).length === 1, 'give exactly one of ping, tcp, http and dns');

export const capture = z
  .strictObject({
    ...place,
    dev: deviceName.describe('The interface to listen on; `any` for all.'),
    filter: z
      .string()
      .max(500)
      .default('')
      .describe('A filter in the language of tcpdump: `icmp and host 11.11.11.3`.'),
    packets: z.int().min(1).max(100).default(1).describe('How many that fit must be seen at least.'),
    from: address.optional(),
    to: address.optional(),
    proto: z.enum(['icmp', 'icmp6', 'tcp', 'udp', 'arp', 'ipip', 'ip', 'ip6']).optional(),
    traffic: cause.optional().describe('What to send once the capture listens.'),
    within: seconds.default(3).describe('Seconds to listen at most.'),
  })
  .refine(...onePlace)
  .describe('Packets are seen on an interface.');

export type CaptureCause = NonNullable<z.output<typeof capture>['traffic']>;
