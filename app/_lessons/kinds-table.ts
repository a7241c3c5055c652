import * as z from 'zod';
import { checkKinds, followedBy, kindNames } from '../../lab-agent/contract/checks/index.ts';
import { clusterName } from '../../lab-agent/contract/names.ts';
import { alternatives } from './known-keys.ts';

const BEGIN = '<!-- kinds: written by `npm run lessons:check -- --write-docs` -->';
const END = '<!-- /kinds -->';

/** The text of the authors' guide with its list of kinds renewed from the schemas. */
export function withKindsTable(guide: string): string {
  const [before, rest] = guide.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/authors.md lacks the line ${BEGIN} or ${END}`);
  return `${before}${BEGIN}\n\n${kindNames.map(kindSection).join('\n')}\n${END}${after}`;
}

const AGAIN = {
  kernel: "on the kernel's own notice",
  api: "on the notice of the cluster's API",
  prompt: 'when a command has ended',
};

function kindSection(kind: (typeof kindNames)[number]): string {
  const schema = checkKinds[kind];
  const again = AGAIN[followedBy(kind) ?? 'prompt'];
  const rows = Object.entries(schema.shape).map(([name, parameter]) => {
    return `| \`${name}\` | ${valueText(parameter)} | ${otherPlace(name, schema.shape) ?? isOptional(parameter)} | ${description(parameter)} |`;
  });
  const head = '| parameter | value | unless given | |\n|---|---|---|---|';
  return `### \`${kind}\`\n\n${schema.description ?? ''} Looked at again ${again}.\n\n${head}\n${rows.join('\n')}\n`;
}

/** A place is one of two: the schema alone knows that one is needed. */
function otherPlace(name: string, shape: Record<string, unknown>): string | undefined {
  if (!('node' in shape && 'pod' in shape)) return undefined;
  if (name === 'node') return '**needed**, or `pod`';
  return name === 'pod' ? '**needed**, or `node`' : undefined;
}

function isOptional(schema: z.ZodType): string {
  if (!schema.safeParse(undefined).success) return '**needed**';
  const standard = schema.safeParse(undefined).data;
  return standard === undefined || standard === '' ? '' : `\`${JSON.stringify(standard).replaceAll('"', '')}\``;
}

function description(schema: z.ZodType): string {
  const inner = alternatives(schema)[0];
  return cell(schema.description ?? (inner instanceof z.ZodType ? (inner.description ?? '') : ''));
}

function valueText(schema: z.core.$ZodType): string {
  return [...new Set(alternatives(schema).map(nameOf))].join(' or ');
}

function nameOf(schema: z.core.$ZodType): string {
  if (schema === clusterName) return 'name';
  if (schema instanceof z.ZodRecord) return 'fields with their values';
  if (schema instanceof z.ZodArray) return 'list';
  if (schema instanceof z.ZodEnum) return cell(schema.options.map((o) => `\`${o}\``).join(' | '));
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((v) => `\`${v}\``).join(' or ');
  if (schema instanceof z.ZodBoolean) return '`true` or `false`';
  if (schema instanceof z.ZodNumber) return schema.format ? 'whole number' : 'number';
  if (schema instanceof z.ZodIPv4 || schema instanceof z.ZodIPv6) return 'IP address';
  if (schema instanceof z.ZodCIDRv4 || schema instanceof z.ZodCIDRv6) return 'address with prefix length';
  if (schema instanceof z.ZodURL) return 'URL';
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape)
      .map(
        ([key, value]) =>
          `\`${key}\`: ${(value as z.ZodType) instanceof z.ZodOptional && isKind(key) ? `as \`${key}\`` : valueText(value as z.core.$ZodType)}`,
      )
      .join(', ');
  }
  return 'text';
}

const isKind = (key: string): boolean => key in checkKinds;

const cell = (text: string): string => text.replaceAll('|', '\\|');
