import type { Runner } from './registry.ts';
import { nearestName } from './round.ts';
import { list } from './text.ts';
import { met, notMet } from './verdicts.ts';

export const checkNamespace: Runner<'namespace'> = async (round, { node, name }) => {
  const expected = `${node} has a network namespace ${name}`;
  const names = await round.netnsOf(node);
  if (names.includes(name)) return met(expected, `the network namespace ${name} exists on ${node}`);
  const near = nearestName(name, names);
  return notMet(expected, `the network namespaces of ${node} are: ${list(names, 'none')}`, near);
};
