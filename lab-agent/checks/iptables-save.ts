import type { SeenPlace } from './resolve.ts';
import type { Round } from './round.ts';
import type { Read } from './tool-json.ts';

export type Chain = { table: string; name: string; policy: string | undefined; rules: string[] };
export type Tables = {
  chains: Chain[];
  /** Tables that hold chains made by nft itself, which iptables-save cannot print. */
  unreadable: string[];
};

/** Chains that are there, with policy ACCEPT, even before the kernel was ever asked for their table. */
const BUILT_IN: Record<string, readonly string[]> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/**
 * Every table of a place, in one process. The legacy tables are read only when iptables-nft says that there are some:
 * listing an absent one would make it.
 */
export async function readTables(round: Round, place: SeenPlace, family: 'ipv4' | 'ipv6'): Promise<Read<Tables>> {
  const program = family === 'ipv4' ? 'iptables' : 'ip6tables';
  const nft = await round.state(place, [`${program}-nft-save`]);
  if (!nft.ok) return nft;
  let text = nft.stdout;
  if (/legacy tables present/.test(nft.stdout + nft.stderr)) {
    const legacy = await round.state(place, [`${program}-legacy-save`]);
    if (!legacy.ok) return legacy;
    text += `\n${legacy.stdout}`;
  }
  return { ok: true, data: parseTables(text) };
}

/** Reads what iptables-save prints (iptables-save(8)); lines that are none of its own are left out. */
export function parseTables(text: string): Tables {
  const chains: Chain[] = [];
  const unreadable: string[] = [];
  let section: Chain[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    const incompatible = /^# Table `([a-z]+)' (?:is|contains) incompatible/.exec(line);
    if (incompatible) unreadable.push(incompatible[1] as string);
    else if (line.startsWith('*')) [table, section] = [line.slice(1).trim(), []];
    else if (line.startsWith(':')) {
      const [name = '', policy] = line.slice(1).split(' ');
      section.push({ table, name, policy: policy === '-' ? undefined : policy, rules: [] });
      chains.push(section.at(-1) as Chain);
    } else if (line.startsWith('-A ')) {
      const name = line.split(' ', 2)[1];
      section.find((c) => c.name === name)?.rules.push(line);
    }
  }
  for (const [builtInTable, names] of Object.entries(BUILT_IN)) {
    for (const name of names) {
      if (chains.some((c) => c.table === builtInTable && c.name === name)) continue;
      chains.push({ table: builtInTable, name, policy: 'ACCEPT', rules: [] });
    }
  }
  return { chains, unreadable };
}

/** The first rule of any chain that fits, with its table. */
export function findRules(tables: Tables, fits: (rule: string) => boolean): string | undefined {
  for (const chain of tables.chains) {
    const hit = chain.rules.find(fits);
    if (hit !== undefined) return `${hit} in table ${chain.table}`;
  }
  return undefined;
}
