import * as z from 'zod';

/**
 * What a check came to. `broken` means that it could not be looked at, and never counts as met.
 * - expected: what the author declared, in words: "veth1 in RED has 11.11.11.2/24"
 * - observed: what was there: "veth1 in RED has no address"
 * - nearest: the thing found that comes closest, if any: "11.11.11.2/32 on veth1"
 * - why: for broken, why it could not be looked at
 */
export const verdictSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('met'), expected: z.string(), observed: z.string() }),
  z.strictObject({
    verdict: z.literal('not-met'),
    expected: z.string(),
    observed: z.string(),
    nearest: z.string().optional(),
  }),
  z.strictObject({ verdict: z.literal('broken'), expected: z.string(), why: z.string() }),
]);
export type Verdict = z.infer<typeof verdictSchema>;

/** Why a check was run: first look, the kernel said something changed, the prompt came back, or the button. */
export const verdictCause = z.enum(['first', 'kernel', 'prompt', 'button']);
export type VerdictCause = z.infer<typeof verdictCause>;

/** One check's verdict in a batch: `items` are the parts of a check that lists several expectations, in their order. */
export const checkResult = z.strictObject({
  id: z.string(),
  verdict: z.enum(['met', 'not-met', 'broken']),
  items: z.array(verdictSchema).min(1),
  cause: verdictCause,
  /** Milliseconds since the epoch, by the agent's clock. */
  at: z.number(),
  /** How long looking took, in milliseconds. */
  took: z.number(),
});
export type CheckResult = z.infer<typeof checkResult>;

/** A check is met when all its items are; broken when any is; else not met. */
export function overall(items: readonly Verdict[]): CheckResult['verdict'] {
  if (items.some((i) => i.verdict === 'broken')) return 'broken';
  return items.every((i) => i.verdict === 'met') ? 'met' : 'not-met';
}
