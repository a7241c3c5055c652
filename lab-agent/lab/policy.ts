import * as z from 'zod';

const minutes = (fallback: number) =>
  z.coerce
    .number()
    .positive()
    .default(fallback)
    .transform((m) => m * 60_000);
const count = (fallback: number) => z.coerce.number().pipe(z.int().min(1)).default(fallback);

/** How long labs live and how many there may be; each from an environment variable of that name. */
export const policySchema = z.object({
  /** How many labs are kept ready for each topology with a cluster that is in use: 1, or 0 for none. */
  HOPLAB_POOL: z.coerce.number().pipe(z.int().min(0).max(1)).default(1),
  /** 1 lets labs out to the real internet whose topology asks for it. */
  HOPLAB_EGRESS: z.enum(['0', '1']).default('0'),
  HOPLAB_MAX_LABS: count(60),
  HOPLAB_MAX_LABS_PER_LEARNER: count(3),
  /** How long a lab lives at most, in minutes, and what one extension adds. */
  HOPLAB_LAB_MINUTES: minutes(8 * 60),
  HOPLAB_EXTENSION_MINUTES: minutes(4 * 60),
  HOPLAB_EXTENSIONS: z.coerce.number().pipe(z.int().min(0)).default(3),
  /** A lab in which nothing happens goes after this. */
  HOPLAB_IDLE_MINUTES: minutes(3 * 60),
  /** The warning on screen before a lab goes. */
  HOPLAB_WARN_MINUTES: minutes(10),
  /** A lab that nobody looks at is frozen after this, and one that is looked at but not used after the longer time. */
  HOPLAB_FREEZE_UNSEEN_MINUTES: minutes(1),
  HOPLAB_FREEZE_UNUSED_MINUTES: minutes(20),
});
type Variables = z.output<typeof policySchema>;

export type Policy = {
  pool: number;
  egress: boolean;
  maxLabs: number;
  maxLabsPerOwner: number;
  lifeMs: number;
  extensionMs: number;
  extensions: number;
  idleMs: number;
  warnMs: number;
  freezeUnseenMs: number;
  freezeUnusedMs: number;
};

export function policyFrom(v: Variables): Policy {
  return {
    pool: v.HOPLAB_POOL,
    egress: v.HOPLAB_EGRESS === '1',
    maxLabs: v.HOPLAB_MAX_LABS,
    maxLabsPerOwner: v.HOPLAB_MAX_LABS_PER_LEARNER,
    lifeMs: v.HOPLAB_LAB_MINUTES,
    extensionMs: v.HOPLAB_EXTENSION_MINUTES,
    extensions: v.HOPLAB_EXTENSIONS,
    idleMs: v.HOPLAB_IDLE_MINUTES,
    warnMs: v.HOPLAB_WARN_MINUTES,
    freezeUnseenMs: v.HOPLAB_FREEZE_UNSEEN_MINUTES,
    freezeUnusedMs: v.HOPLAB_FREEZE_UNUSED_MINUTES,
  };
}

/** What the clock means for a lab now. Pure. */
export type Due = { end?: 'expired' | 'idle'; warn?: { reason: 'expiry' | 'idle'; at: number }; freeze: boolean };
export type Times = { expiresAt: number; lastActive: number; unseenSince: number | undefined };

export function whatIsDue(times: Times, policy: Policy, now: number): Due {
  const idleAt = times.lastActive + policy.idleMs;
  const unseen = times.unseenSince !== undefined && now - times.unseenSince >= policy.freezeUnseenMs;
  const freeze = unseen || now - times.lastActive >= policy.freezeUnusedMs;
  if (now >= times.expiresAt) return { end: 'expired', freeze };
  if (now >= idleAt) return { end: 'idle', freeze };
  const reason = times.expiresAt <= idleAt ? 'expiry' : 'idle';
  const at = Math.min(times.expiresAt, idleAt);
  return now >= at - policy.warnMs ? { warn: { reason, at }, freeze } : { freeze };
}
