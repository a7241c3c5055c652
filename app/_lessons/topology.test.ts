import { expect, test } from 'vitest';
import { InvalidInput } from '../../lab-agent/contract/parse.ts';
import { readTopology } from './topology.ts';

function wrongWith(text: string): string {
  try {
    readTopology(text, 'lab.yaml');
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  return '';
}

test('a slip names its line and what would have been right', () => {
  expect(wrongWith('title: X\nnodes:\n  a:\n    interfaces:\n      eth0: { netwrok: lan }\n')).toMatchInlineSnapshot(`
    "lab.yaml:5:7: nodes.a.interfaces.eth0.network: is missing
    lab.yaml:5:15: nodes.a.interfaces.eth0.netwrok: unknown key "netwrok"; did you mean "network"?"
  `);
  expect(
    wrongWith('title: X\nnetworks: { lan: }\nnodes:\n  a:\n    interfaces:\n      eth0: { network: lam }\n'),
  ).toMatchInlineSnapshot(
    `"lab.yaml:6:15: nodes.a.interfaces.eth0.network: there is no network "lam"; did you mean "lan"?"`,
  );
  expect(wrongWith('title: X\nnodes:\n  a:\n    sysctl: {}\n  a:\n')).toMatchInlineSnapshot(
    `"lab.yaml:5:3: not valid YAML: Map keys must be unique"`,
  );
});

test('names are held against each other', () => {
  const text = `title: X
networks: { lan: , wire: { kind: link } }
nodes:
  a:
    interfaces:
      eth0: { network: lan, address: 10.0.0.1/24 }
      eth1: { network: wire }
    routes:
      - { to: default, via: 10.1.0.1 }
      - { to: 10.2.0.0/16, dev: eth7 }
  b:
    interfaces:
      eth0: { network: lan, address: 10.0.0.1/24 }
`;
  expect(wrongWith(text)).toMatchInlineSnapshot(`
    "lab.yaml:2:20: networks.wire: a link joins exactly two interfaces, found 1: a.eth1
    lab.yaml:13:29: nodes.b.interfaces.eth0.address: a.eth0 has 10.0.0.1 already on network lan
    lab.yaml:9:24: nodes.a.routes.0.via: a cannot reach 10.1.0.1 directly: its addresses are 10.0.0.1/24
    lab.yaml:10:28: nodes.a.routes.1.dev: a has no interface "eth7"; did you mean "eth0"?"
  `);
});
