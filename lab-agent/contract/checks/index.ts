import * as z from 'zod';
import * as cluster from './cluster.ts';
import * as clusterTraffic from './cluster-traffic.ts';
import * as state from './state.ts';
import * as traffic from './traffic.ts';

/** Every kind of check with its parameters. The lesson format, its documentation and its errors come from here. */
export const checkKinds = {
  namespace: state.namespace,
  link: state.link,
  address: state.address,
  route: state.route,
  neighbour: state.neighbour,
  'bridge-port': state.bridgePort,
  sysctl: state.sysctl,
  iptables: state.iptables,
  process: state.process,
  file: state.file,
  ping: traffic.ping,
  tcp: traffic.tcp,
  http: traffic.http,
  dns: traffic.dns,
  command: traffic.command,
  capture: traffic.capture,
  object: cluster.object,
  ippool: cluster.ippool,
  bgp: cluster.bgp,
  ipset: cluster.ipset,
  chain: cluster.chain,
  traffic: clusterTraffic.traffic,
  service: clusterTraffic.service,
} as const;
export type CheckKind = keyof typeof checkKinds;
export const kindNames = Object.keys(checkKinds) as CheckKind[];

/** Parameters of kind K, defaults filled in. */
export type CheckParameters<K extends CheckKind> = z.output<(typeof checkKinds)[K]>;

/**
 * One expectation, resolved: exactly one kind with its parameters.
 * `not` turns it round, and then needs a `baseline` that is met now: proof that the opposite could have been seen.
 */
export type Expectation = { [K in CheckKind]: { kind: K; params: CheckParameters<K> } }[CheckKind];
export type CheckItem = Expectation & { not: boolean; baseline?: Expectation | undefined };

const kindShape = Object.fromEntries(
  Object.entries(checkKinds).map(([kind, schema]) => [kind, (schema as z.ZodType).optional()]),
) as { [K in CheckKind]: z.ZodOptional<(typeof checkKinds)[K]> };

const expectationAsWritten = z
  .strictObject(kindShape)
  .superRefine(exactlyOneKind)
  .transform((written) => resolveKind(written));

/** One item as the author writes it: `ping: {…}`, with `not: true` and `baseline: { ping: {…} }` where it must not hold. */
export const checkItem = z
  .strictObject({ ...kindShape, not: z.boolean().optional(), baseline: expectationAsWritten.optional() })
  .superRefine((written, context) => {
    const { not, baseline, ...kinds } = written;
    exactlyOneKind(kinds, context);
    if (not && !baseline) {
      context.addIssue({
        code: 'custom',
        path: ['baseline'],
        message: '`not: true` needs a `baseline`: a check that is met now and proves that the opposite could be seen',
      });
    }
    if (baseline && !not) {
      context.addIssue({ code: 'custom', path: ['baseline'], message: '`baseline` goes with `not: true` only' });
    }
  })
  .transform(({ not, baseline, ...kinds }): CheckItem => ({ ...resolveKind(kinds), not: not ?? false, baseline }));

/** What app and agent exchange: the resolved form, validated again at the agent's door. */
const resolvedExpectation = z
  .strictObject({ kind: z.enum(kindNames as [CheckKind, ...CheckKind[]]), params: z.unknown() })
  .transform((value, context): Expectation => {
    const result = checkKinds[value.kind].safeParse(value.params);
    if (result.success) return { kind: value.kind, params: result.data } as Expectation;
    for (const issue of result.error.issues) {
      context.addIssue({ code: 'custom', path: ['params', ...issue.path], message: issue.message });
    }
    return z.NEVER;
  });

export const resolvedItem = z
  .strictObject({
    expect: resolvedExpectation,
    not: z.boolean().default(false),
    baseline: resolvedExpectation.optional(),
  })
  .refine((item) => !item.not || item.baseline !== undefined, { error: '`not` needs a baseline', path: ['baseline'] })
  .transform(({ expect, not, baseline }): CheckItem => ({ ...expect, not, baseline }));

/** The form of an item that travels; the inverse of `resolvedItem`. */
export function toWire({ kind, params, not, baseline }: CheckItem): z.input<typeof resolvedItem> {
  return { expect: { kind, params }, not, ...(baseline ? { baseline } : {}) };
}

export const wireCheck = z.strictObject({
  id: z.string().min(1).max(130),
  items: z.array(resolvedItem).min(1).max(20),
});
export type WireCheck = z.output<typeof wireCheck>;

function exactlyOneKind(written: Partial<Record<CheckKind, unknown>>, context: z.core.$RefinementCtx): void {
  const given = Object.keys(written).filter((key) => written[key as CheckKind] !== undefined);
  if (given.length === 1) return;
  const message =
    given.length === 0
      ? `a kind of check is wanted: ${kindNames.join(', ')}`
      : `one kind per item, found ${given.join(' and ')}; write a list`;
  context.addIssue({ code: 'custom', message });
}

function resolveKind(written: Partial<Record<CheckKind, unknown>>): Expectation {
  const kind = kindNames.find((name) => written[name] !== undefined) ?? kindNames[0];
  return { kind, params: written[kind as CheckKind] } as Expectation;
}

/** What tells that a kind's state may have changed; the others re-run when the learner's command has ended. */
const FOLLOWED: Partial<Record<CheckKind, 'kernel' | 'api'>> = {
  namespace: 'kernel',
  link: 'kernel',
  address: 'kernel',
  route: 'kernel',
  neighbour: 'kernel',
  'bridge-port': 'kernel',
  iptables: 'kernel',
  ipset: 'kernel',
  chain: 'kernel',
  bgp: 'kernel',
  object: 'api',
  ippool: 'api',
};
export const followedBy = (kind: CheckKind): 'kernel' | 'api' | undefined => FOLLOWED[kind];
