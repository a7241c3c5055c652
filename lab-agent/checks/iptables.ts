import type { Verdict } from '../contract/verdict.ts';
import { normaliseRule, shared } from './iptables-rule.ts';
import { type Chain, findRules, type Tables } from './iptables-save.ts';
import { judgeTables } from './judge-tables.ts';
import { tooSlow, tryPatterns } from './pattern.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf } from './resolve.ts';
import { nearestName, where } from './round.ts';
import { count, list } from './text.ts';
import { broken, met, notMet } from './verdicts.ts';

type Parameters = ParametersOf<'iptables'>;

export const checkIptables: Runner<'iptables'> = async (round, params) => {
  const expected = expectation(params);
  return judgeTables(round, params, { expected, judge: (tables) => judge(expected, params, tables) });
};

function judge(expected: string, params: Parameters, tables: Tables): Verdict {
  const chains = tables.chains.filter((c) => c.table === params.table && c.name === params.chain);
  if (chains.length === 0) {
    const names = [...new Set(tables.chains.filter((c) => c.table === params.table).map((c) => c.name))];
    const observed = `there is no chain ${params.chain} in table ${params.table} ${where(params)}: ${list(names, 'none')}`;
    return notMet(expected, observed, nearestName(params.chain, names) ?? inOtherTable(tables, params.chain));
  }
  if (params.policy !== undefined) return policyVerdict(expected, params.policy, params.chain, chains);
  const rules = chains.flatMap((c) => c.rules);
  if (params.matches !== undefined) return matchVerdict(expected, params.matches, rules, params);
  return ruleVerdict(expected, params.rule ?? '', rules, params, tables);
}

function expectation({ chain, table, policy, rule, matches, family, ...at }: Parameters): string {
  const what = policy ? `has policy ${policy}` : rule ? `has the rule ${rule}` : `has a rule like /${matches}/`;
  return `${chain} of table ${table}${family === 'ipv6' ? ' (IPv6)' : ''} ${where(at)} ${what}`;
}

/** With legacy tables beside nft ones a packet passes both: one DROP is enough, and ACCEPT takes both. */
function policyVerdict(expected: string, wanted: 'ACCEPT' | 'DROP', name: string, chains: readonly Chain[]) {
  const policies = chains.map((c) => c.policy);
  if (policies.every((p) => p === undefined)) return notMet(expected, `${name} is no built-in chain: it has no policy`);
  const now = policies.includes('DROP') ? 'DROP' : 'ACCEPT';
  const observed = `${name} has policy ${now}`;
  return now === wanted ? met(expected, observed) : notMet(expected, observed);
}

function matchVerdict(expected: string, pattern: string, rules: readonly string[], params: Parameters) {
  const hits = tryPatterns(pattern, rules);
  if (hits === 'too-slow') return broken(expected, tooSlow(pattern));
  const rule = rules.find((_, i) => hits[i]);
  if (rule !== undefined) return met(expected, rule);
  return notMet(expected, holds(params, rules), rules[0]);
}

function ruleVerdict(expected: string, wanted: string, rules: readonly string[], params: Parameters, tables: Tables) {
  const options = normaliseRule(wanted, params.family);
  const candidates = rules.map((rule) => ({
    rule,
    common: shared(options, normaliseRule(afterChain(rule), params.family)),
  }));
  const equal = candidates.find((c) => c.common === 1);
  if (equal) return met(expected, equal.rule);
  const elsewhere = findRules(tables, (rule) => shared(options, normaliseRule(afterChain(rule), params.family)) === 1);
  const best = candidates.sort((a, b) => b.common - a.common)[0];
  const near = elsewhere ?? best?.rule;
  return notMet(expected, holds(params, rules), near);
}

function holds({ chain, table }: Parameters, rules: readonly string[]): string {
  const has = rules.length === 0 ? 'has no rules' : `has ${count(rules.length, 'rule')}, none like that`;
  return `${chain} of table ${table} ${has}`;
}

/** `-A CHAIN …` without its head: what an author writes. */
const afterChain = (rule: string): string => rule.replace(/^-A \S+ ?/, '');

function inOtherTable(tables: Tables, chain: string): string | undefined {
  const other = tables.chains.find((c) => c.name === chain);
  return other && `${chain} in table ${other.table}`;
}
