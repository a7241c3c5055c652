import { expect, test } from 'vitest';
import { policyFrom, policySchema, whatIsDue } from './policy.ts';

const MINUTE = 60_000;
const policy = policyFrom(policySchema.parse({}));
const now = 1_000_000_000;
const fresh = { expiresAt: now + policy.lifeMs, lastActive: now, unseenSince: undefined };

test('nothing is due for a lab in use', () => {
  expect(whatIsDue(fresh, policy, now + MINUTE)).toEqual({ freeze: false });
});
test('a lab that nobody looks at is frozen after a minute, one that is looked at but not used later', () => {
  expect(whatIsDue({ ...fresh, unseenSince: now }, policy, now + MINUTE)).toEqual({ freeze: true });
  expect(whatIsDue(fresh, policy, now + 20 * MINUTE)).toEqual({ freeze: true });
});
test('a warning comes before the end, with what ends first', () => {
  const idleAt = now + policy.idleMs;
  expect(whatIsDue(fresh, policy, idleAt - MINUTE).warn).toEqual({ reason: 'idle', at: idleAt });
  const used = { ...fresh, lastActive: now + policy.lifeMs - MINUTE };
  expect(whatIsDue(used, policy, now + policy.lifeMs - MINUTE).warn).toEqual({
    reason: 'expiry',
    at: now + policy.lifeMs,
  });
});
test('life time and idle time end a lab', () => {
  expect(whatIsDue(fresh, policy, now + policy.idleMs).end).toBe('idle');
  expect(whatIsDue({ ...fresh, lastActive: now + policy.lifeMs }, policy, now + policy.lifeMs).end).toBe('expired');
});
test('a setting that is no number is named', () => {
  expect(() => policySchema.parse({ HOPLAB_MAX_LABS: 'many' })).toThrow(/HOPLAB_MAX_LABS/);
});
