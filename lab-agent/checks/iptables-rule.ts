import { canonicalNetwork } from './addresses.ts';

/**
 * Rules as sets of options, so that order, long names and what iptables adds by itself make no difference.
 * Knows how `iptables -S` writes what people type (iptables(8), iptables-extensions(8)); knows nothing of chains.
 */
const SHORT: Record<string, string> = {
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--protocol': '-p',
  '--proto': '-p',
  '--jump': '-j',
  '--goto': '-g',
  '--match': '-m',
  '--fragment': '-f',
  '--destination-port': '--dport',
  '--source-port': '--sport',
  '--destination-ports': '--dports',
  '--source-ports': '--sports',
  '--to': '--to-destination',
};

const PROTOCOLS: Record<string, string> = {
  '1': 'icmp',
  '4': 'ipencap',
  ipip: 'ipencap',
  '6': 'tcp',
  '17': 'udp',
  '41': 'ipv6',
  '47': 'gre',
  '50': 'esp',
  '58': 'ipv6-icmp',
  icmpv6: 'ipv6-icmp',
  icmp6: 'ipv6-icmp',
  '132': 'sctp',
};

/** Matches that `-p` loads by itself. */
const IMPLIED_MATCHES = new Set(['tcp', 'udp', 'icmp', 'icmp6', 'ipv6-icmp', 'icmpv6', 'sctp']);

const ICMP_TYPES: Record<string, string> = {
  'echo-reply': '0',
  pong: '0',
  'destination-unreachable': '3',
  redirect: '5',
  'echo-request': '8',
  ping: '8',
  'time-exceeded': '11',
};

/** Options whose value is a list in any order. */
const LISTS = new Set(['--ctstate', '--state', '--dports', '--sports', '--ports', '--src-type', '--dst-type']);

/** The options of a rule, each as one string like `! -s 10.0.0.1`, in one spelling. */
export function normaliseRule(text: string, family: 'ipv4' | 'ipv6'): Set<string> {
  const options = new Set<string>();
  for (const option of optionsOf(tokens(text))) {
    const normal = normaliseOption(option, family);
    if (normal !== undefined) options.add(normal);
  }
  if (options.has('-j REJECT') && ![...options].some((o) => o.startsWith('--reject-with'))) {
    options.add(`--reject-with ${family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'}`);
  }
  return options;
}

/** How much two rules have in common: 1 when equal, 0 when nothing. */
export function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((option) => b.has(option)).length;
  const all = a.size + b.size - common;
  return all === 0 ? 1 : common / all;
}

type Option = { not: boolean; name: string; values: string[] };

function optionsOf(words: readonly string[]): Option[] {
  const options: Option[] = [];
  let not = false;
  for (const word of words) {
    const current = options.at(-1);
    if (word === '!') not = true;
    else if (/^-{1,2}[A-Za-z]/.test(word)) {
      const [name, value] = word.startsWith('--') ? splitAtEquals(word) : [word, undefined];
      options.push({ not, name, values: value === undefined ? [] : [value] });
      not = false;
    } else if (current) {
      // The old way to write it: `-s ! 10.0.0.1`.
      if (not) current.not = true;
      current.values.push(word);
      not = false;
    }
  }
  return options;
}

function splitAtEquals(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function normaliseOption(option: Option, family: 'ipv4' | 'ipv6'): string | undefined {
  let name = SHORT[option.name] ?? option.name;
  let values = option.values;
  const first = values[0] ?? '';
  if (name === '-s' || name === '-d') {
    const network = canonicalNetwork(withPrefixLength(first));
    if (network === '0.0.0.0/0' || network === '::/0') return undefined;
    values = [network];
  } else if (name === '-p') {
    const protocol = PROTOCOLS[first.toLowerCase()] ?? first.toLowerCase();
    if (protocol === 'all' || protocol === '0') return undefined;
    values = [protocol];
  } else if (name === '-m' && IMPLIED_MATCHES.has(first)) {
    return undefined;
  } else if (name === '--syn') {
    [name, values] = ['--tcp-flags', ['FIN,SYN,RST,ACK', 'SYN']];
  } else if (name === '--set-mark') {
    [name, values] = ['--set-xmark', [mark(first, true)]];
  } else if (name === '--set-xmark') {
    values = [mark(first, true)];
  } else if (name === '--mark') {
    values = [mark(first, false)];
  } else if (name === '--icmp-type' && family === 'ipv4') {
    values = [ICMP_TYPES[first] ?? first];
  } else if (LISTS.has(name)) {
    values = [first.split(',').sort().join(',')];
  }
  return [option.not ? '!' : '', name, ...values].filter(Boolean).join(' ');
}

/** `10.0.0.0/255.0.0.0` is `10.0.0.0/8`. */
function withPrefixLength(network: string): string {
  const [host, mask] = network.split('/') as [string, string | undefined];
  if (!mask?.includes('.')) return network;
  const bits = mask.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'));
  return `${host}/${bits.join('').replace(/0+$/, '').length}`;
}

/** iptables prints marks in hexadecimal, and --set-xmark always with its mask. */
function mark(value: string, withMask: boolean): string {
  const [number, mask] = value.split('/');
  const hex = (text: string) => `0x${Number(text).toString(16)}`;
  const full = mask === undefined ? '0xffffffff' : hex(mask);
  return withMask || full !== '0xffffffff' ? `${hex(number ?? '0')}/${full}` : hex(number ?? '0');
}

/** Words as a shell splits them: quotes hold together, a backslash takes the next character. */
function tokens(text: string): string[] {
  const words = text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_all, double?: string, single?: string, escaped?: string) =>
        double?.replace(/\\(.)/g, '$1') ?? single ?? escaped ?? '',
    ),
  );
}
