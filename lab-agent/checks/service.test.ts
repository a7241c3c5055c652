import { expect, test } from 'vitest';
import type { Looked } from '../providers/provider.ts';
import { conntrackLine } from './connections.ts';
import { keyOf } from './round.ts';
import { MemoryCluster } from './testing/memory-cluster.ts';
import { MemoryLab } from './testing/memory-lab.ts';
import { says } from './testing/verdict-lines.ts';

const SLICES =
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dweb';
const endpoint = (name: string, address: string, ready?: boolean) => ({
  addresses: [address],
  conditions: { ready },
  targetRef: { kind: 'Pod', name },
});

/** A cluster with a service, and a node that leads each connection to the next of some addresses. */
class ServiceLab extends MemoryLab {
  leads: string[] = ['172.16.1.2', '172.16.2.3'];
  source = '172.16.158.2';
  /** Addresses that never answer. */
  dead = new Set<string>();
  #port = 40000;
  #flows: string[] = [];

  constructor() {
    super();
    this.names = ['cni-pod1'];
    this.cluster = new MemoryCluster()
      .runs('default', 'pod1', '172.16.158.2')
      .has('/api/v1/namespaces/default/services/web', {
        spec: { clusterIP: '10.96.7.7', ports: [{ name: 'http', port: 80, nodePort: 30080 }] },
      })
      .has('/api/v1/namespaces/default/services/lone', { spec: { clusterIP: '10.96.7.8', ports: [{ port: 80 }] } })
      .has(SLICES, {
        items: [
          {
            endpoints: [
              endpoint('web-1', '172.16.1.2'),
              endpoint('web-2', '172.16.2.3', true),
              endpoint('web-3', '172.16.2.4', false),
            ],
            ports: [{ name: 'http', port: 80 }],
          },
          { endpoints: null, ports: null },
        ],
      });
  }

  override async look(...[place, argv]: Parameters<MemoryLab['look']>): Promise<Looked> {
    this.looked.push(`${keyOf(place)}: ${argv[0]} ${argv.at(-1)}`);
    const stdout = argv[0] === 'conntrack' ? this.#flows.join('\n') : this.#connect(argv.at(-1) as string);
    return { ok: true, code: 0, stdout, stderr: '' };
  }

  #connect(url: string): string {
    const [, address, port, times] = /^https?:\/\/([\d.]+):(\d+)\/#\[1-(\d+)\]$/.exec(url) ?? [];
    let printed = '';
    for (let i = 0; i < Number(times); i++) {
      const own = ++this.#port;
      const to = this.leads[i % this.leads.length] as string;
      const dead = this.dead.has(to);
      this.#flows.push(
        `tcp      6 ${this.#port - 39990} ${dead ? 'SYN_SENT' : 'TIME_WAIT'} src=172.16.158.2 dst=${address} sport=${own} dport=${port} ` +
          `${dead ? '[UNREPLIED] ' : ''}src=${to} dst=${this.source} sport=80 dport=${own} ${dead ? '' : '[ASSURED] '}mark=0 use=1`,
      );
      if (dead) return `${printed}:0 000 Connection timed out after 1001 milliseconds\n`;
      printed += `172.16.158.2:${own} 200 \n`;
    }
    return printed;
  }
}

const web = (more: object = {}) => ({ service: { name: 'web', from: 'pod/pod1', ...more } });

test('every endpoint answers, and what they see as the source', async () => {
  const lab = new ServiceLab();
  expect(
    await says(
      lab,
      web({ endpoints: 2, sourceSeen: 'pod/pod1' }),
      web({ sourceSeen: ['node/w1', 'node/m'] }),
      web({ from: 'node/router', nodePort: 'w1' }),
    ),
  ).toMatchInlineSnapshot(`
    "met: each of 2 endpoints of the service web, asked from pod/pod1, answers and sees pod/pod1 (172.16.158.2) as the source
        2 of 2 endpoints answered in 8 tries: web-1 (172.16.1.2) saw 172.16.158.2 and web-2 (172.16.2.3) saw 172.16.158.2
    not-met: every endpoint of the service web, asked from pod/pod1, answers and sees node/w1 (192.168.10.101) or node/m (192.168.10.10) as the source
        2 of 2 endpoints answered in 8 tries: web-1 (172.16.1.2) saw 172.16.158.2 and web-2 (172.16.2.3) saw 172.16.158.2
    met: every endpoint of the service web, asked at the NodePort of w1 from node/router, answers
        2 of 2 endpoints answered in 8 tries: web-1 (172.16.1.2) saw 172.16.158.2 and web-2 (172.16.2.3) saw 172.16.158.2"
  `);
  expect(lab.looked).toEqual(
    expect.arrayContaining([
      'w1/cni-pod1: curl http://10.96.7.7:80/#[1-8]',
      'w1: conntrack 80',
      'router: curl http://192.168.10.101:30080/#[1-8]',
      'w1: conntrack 30080',
    ]),
  );
});

test('an endpoint that is never asked, does not answer, or is none', async () => {
  const lab = new ServiceLab();
  lab.leads = ['172.16.1.2'];
  expect(await says(lab, web())).toMatchInlineSnapshot(`
    "not-met: every endpoint of the service web, asked from pod/pod1, answers
        1 of 2 endpoints answered in 24 tries; never asked: web-2 (172.16.2.3)"
  `);
  lab.leads = ['172.16.1.2', '172.16.2.3'];
  lab.dead.add('172.16.2.3');
  expect(await says(lab, web())).toMatchInlineSnapshot(`
    "not-met: every endpoint of the service web, asked from pod/pod1, answers
        web-2 (172.16.2.3) did not answer: Connection timed out after 1001 milliseconds"
  `);
  lab.leads = ['172.16.9.9'];
  lab.dead.add('172.16.9.9');
  expect(await says(lab, web())).toMatchInlineSnapshot(`
    "not-met: every endpoint of the service web, asked from pod/pod1, answers
        172.16.9.9, which is no ready endpoint, did not answer: Connection timed out after 1001 milliseconds"
  `);
});

test('a service that is not as expected before it is asked', async () => {
  expect(
    await says(
      new ServiceLab(),
      web({ endpoints: 3 }),
      web({ port: 8080 }),
      web({ sourceSeen: 'pod/pod9' }),
      web({ from: 'pod/pod9' }),
      web({ from: 'node/w9' }),
      { service: { name: 'lone', from: 'pod/pod1' } },
      { service: { name: 'wb', from: 'pod/pod1' } },
    ),
  ).toMatchInlineSnapshot(`
    "not-met: each of 3 endpoints of the service web, asked from pod/pod1, answers
        it has 2 ready endpoints: web-1 (172.16.1.2) and web-2 (172.16.2.3)
    not-met: every endpoint of the service web, asked from pod/pod1, answers
        the service web has no port 8080; it has: 80
    not-met: every endpoint of the service web, asked from pod/pod1, answers and sees pod/pod9 as the source
        there is no pod pod9 in the namespace default, and no other
    not-met: every endpoint of the service web, asked from pod/pod9, answers
        there is no pod pod9 in the namespace default, and no other
    broken: every endpoint of the service web, asked from node/w9, answers
        there is no node w9 in this lab
    not-met: every endpoint of the service lone, asked from pod/pod1, answers
        it has no ready endpoints
    not-met: every endpoint of the service wb, asked from pod/pod1, answers
        there is no service wb in the namespace default, and no other"
  `);
});

test('conntrack lines, with and without counters; what is no TCP flow is nothing', () => {
  const line =
    'tcp      6 118 TIME_WAIT src=10.0.2.17 dst=10.108.43.140 sport=48158 dport=8080 packets=5 bytes=350 ' +
    'src=172.16.34.1 dst=172.16.184.0 sport=80 dport=61752 packets=5 bytes=617 [ASSURED] mark=0 use=1';
  const flow = {
    origin: '10.0.2.17:48158',
    unanswered: false,
    led: { to: '172.16.34.1', port: 80, source: '172.16.184.0' },
  };
  expect(conntrackLine(line)).toMatchObject(flow);
  expect(conntrackLine(line.replace(/ packets=\d+ bytes=\d+/g, ''))).toMatchObject(flow);
  expect(conntrackLine('conntrack v1.4.8 (conntrack-tools): 0 flow entries have been shown.')).toBeUndefined();
  expect(
    conntrackLine('udp 17 2 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2 src=2.2.2.2 dst=1.1.1.1 sport=2 dport=1'),
  ).toBeUndefined();
});
