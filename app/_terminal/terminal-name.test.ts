import { expect, it } from 'vitest';
import { openTerminal } from '../../lab-agent/contract/agent-api.ts';
import { terminalName } from './terminal-name.ts';

const node = 'k8s-w1';
const size = { cols: 80, rows: 24 };

it('is the node, or the pod and what of it', () => {
  expect(terminalName({ node }, [])).toBe('k8s-w1');
  expect(terminalName({ node }, ['k8s-w1', 'k8s-w1 2'])).toBe('k8s-w1 3');
  expect(terminalName({ node, pod: { name: 'default/pod1', by: 'exec' } }, ['k8s-w1'])).toBe('pod1');
  expect(terminalName({ node, pod: { name: 'default/pod1', by: 'namespace' } }, ['pod1 netns'])).toBe('pod1 netns 2');
});

it('is always one that the agent takes', () => {
  const name = 'kube-system/calico-kube-controllers-5d4f8bd7f5-abcde.with.dots';
  for (const by of ['exec', 'namespace'] as const) {
    const first = terminalName({ node, pod: { name, by } }, []);
    const second = terminalName({ node, pod: { name, by } }, [first]);
    for (const one of [first, second]) expect(openTerminal.parse({ node, name: one, size }).name).toBe(one);
    expect(second).not.toBe(first);
  }
});
