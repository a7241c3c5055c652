import type { Verdict } from '../contract/verdict.ts';
import type { Chain, Tables } from './iptables-save.ts';
import { judgeTables } from './judge-tables.ts';
import { tooSlow, tryPatterns } from './pattern.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf } from './resolve.ts';
import { nearestName, where } from './round.ts';
import { count, list } from './text.ts';
import { broken, met, notMet } from './verdicts.ts';
import { fitsWildcard } from './wildcard.ts';

type Parameters = ParametersOf<'chain'>;

export const checkChain: Runner<'chain'> = async (round, params) => {
  const expected = expectation(params);
  return judgeTables(round, params, { expected, judge: (tables) => judge(expected, params, tables) });
};

function judge(expected: string, params: Parameters, tables: Tables): Verdict {
  const table = tables.chains.filter((c) => c.table === params.table);
  const reached = params.start === undefined ? table : leadingFrom(params.start, table);
  const chains = reached.filter((c) => fitsWildcard(params.chain, c.name));
  if (chains.length === 0) return noChain(expected, params, table, reached);
  const rules = chains.flatMap((c) => c.rules);
  const fitting = fittingRules(rules, params);
  if (typeof fitting === 'string') return broken(expected, tooSlow(fitting));
  const enough = params.count === undefined ? fitting.length > 0 : fitting.length === params.count;
  if (enough) return met(expected, list(fitting, '', 4));
  const looked = `${count(rules.length, 'rule')} in ${count(chains.length, 'chain')}`;
  const of = fitting.length === 0 ? 'none fits' : `${fitting.length} fit: ${list(fitting, '', 3)}`;
  return notMet(expected, `of ${looked} ${of}`, fitting.length === 0 ? rules[0] : undefined);
}

/** The chains that those named lead to by jumps, themselves included. */
function leadingFrom(start: string, table: readonly Chain[]): Chain[] {
  const reached = new Set(table.filter((c) => fitsWildcard(start, c.name)).map((c) => c.name));
  // A set gives what is added while it is walked: so this goes on until nothing new is reached.
  for (const name of reached) {
    for (const { rules } of table.filter((c) => c.name === name)) {
      for (const rule of rules) {
        const target = / (?:-j|-g) (\S+)/.exec(rule)?.[1];
        if (target !== undefined) reached.add(target);
      }
    }
  }
  return table.filter((c) => reached.has(c.name));
}

/** The rules that fit, or the pattern that does not come to an end. */
function fittingRules(rules: readonly string[], { matches, comment }: Parameters): string[] | string {
  const byRule = matches === undefined ? [] : tryPatterns(matches, rules);
  if (byRule === 'too-slow') return matches ?? '';
  const byComment = comment === undefined ? [] : tryPatterns(comment, rules.map(commentOf));
  if (byComment === 'too-slow') return comment ?? '';
  return rules.filter((_, i) => (byRule[i] ?? true) && (byComment[i] ?? true));
}

/** A comment stands in quotes when it has a space in it. */
function commentOf(rule: string): string {
  const found = /--comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(rule);
  return found?.[1]?.replace(/\\(.)/g, '$1') ?? found?.[2] ?? '';
}

function noChain(expected: string, params: Parameters, table: readonly Chain[], reached: readonly Chain[]): Verdict {
  const names = [...new Set(table.map((c) => c.name))];
  const exists = names.some((name) => fitsWildcard(params.chain, name));
  const startExists = params.start !== undefined && reached.length > 0;
  if (exists && startExists) return notMet(expected, `no rule of ${params.start} leads to a chain ${params.chain}`);
  const wanted = exists ? (params.start ?? '') : params.chain;
  const observed = `there is no chain ${wanted} in table ${params.table} ${where(params)}: ${list(names, 'none')}`;
  return notMet(expected, observed, nearestName(wanted.replaceAll('*', ''), names));
}

function expectation(params: Parameters): string {
  const { chain, start, table, family, matches, comment, count: wanted } = params;
  const like = [matches && `like /${matches}/`, comment && `with a comment like /${comment}/`]
    .filter(Boolean)
    .join(' ');
  const rules =
    wanted === undefined ? `a rule ${like} is` : `${count(wanted, 'rule')} ${like} ${wanted === 1 ? 'is' : 'are'}`;
  const reached = start === undefined ? '' : `, reached from ${start},`;
  return `${rules} in ${chain}${reached} of table ${table}${family === 'ipv6' ? ' (IPv6)' : ''} ${where(params)}`;
}
