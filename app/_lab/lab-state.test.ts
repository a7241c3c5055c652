import { describe, expect, it } from 'vitest';
import type { LabDescription } from '../../lab-agent/contract/lab.ts';
import { checkKey, type LabEvent, type LabState, reduceLab, startState, stepVerdict } from './lab-state.ts';
import type { ShownCheck } from './wire.ts';

const lab: LabDescription = {
  id: 'aaaaaaaaaaaa',
  owner: 'me',
  topology: 'c/one',
  phase: 'ready',
  nodes: [{ name: 'k8s-m', kind: 'machine', shell: true }],
  standsIn: [],
  image: 'x',
  provider: 'namespaces',
  createdAt: 1,
  buildMs: 200,
  expiresAt: 1000,
  idleExpiresAt: 500,
  extensionsLeft: 2,
};
const check = (verdict: ShownCheck['verdict'], cause: ShownCheck['cause'] = 'kernel', id = 'red'): ShownCheck => ({
  step: 'veth',
  check: id,
  verdict,
  items: [{ verdict: { verdict: 'met', expected: 'e', observed: 'o' } }],
  at: 1,
  cause,
});
const told = (...events: LabEvent[]): LabState => events.reduce(reduceLab, startState);
const ready: LabEvent[] = [{ type: 'opened' }, { type: 'building' }, { type: 'lab', lab, terminals: [] }];

describe('the lab on the page', () => {
  it('goes from nothing over building to ready', () => {
    expect(told({ type: 'opened' })).toMatchObject({ link: 'open', stage: 'waiting' });
    expect(told({ type: 'opened' }, { type: 'building' }).stage).toBe('building');
    expect(told(...ready)).toMatchObject({ stage: 'ready', lab: { id: 'aaaaaaaaaaaa' } });
  });

  it('keeps verdicts over a lost connection, but not over a reset', () => {
    const worked = told(...ready, { type: 'results', checks: [check('met')] }, { type: 'lost' });
    expect(worked.link).toBe('reconnecting');
    expect(worked.checks[checkKey('veth', 'red')]?.verdict).toBe('met');
    const back = reduceLab(reduceLab(worked, { type: 'opened' }), { type: 'lab', lab, terminals: [] });
    expect(back.checks[checkKey('veth', 'red')]?.verdict).toBe('met');
    const again = reduceLab(back, { type: 'lab', lab: { ...lab, createdAt: 2 }, terminals: [] });
    expect(again.checks).toEqual({});
  });

  it('waits for the verdicts of a press of the button, and not for those of the kernel', () => {
    const pressed = told(...ready, { type: 'asked', what: 'check', step: 'veth' });
    expect(pressed.pending).toEqual(['veth']);
    expect(reduceLab(pressed, { type: 'results', checks: [check('not-met')] }).pending).toEqual(['veth']);
    expect(reduceLab(pressed, { type: 'results', checks: [check('not-met', 'button')] }).pending).toEqual([]);
    expect(reduceLab(pressed, { type: 'lost' }).pending).toEqual([]);
  });

  it('announces a step that is reached now, and not those of other days', () => {
    const known = told(...ready, { type: 'reached', steps: ['one'] });
    expect(known.news).toBeUndefined();
    expect(reduceLab(known, { type: 'reached', steps: ['one', 'two'] }).news).toBe('two');
    expect(reduceLab(known, { type: 'reached', steps: ['one'] }).news).toBeUndefined();
    const back = reduceLab(reduceLab(known, { type: 'lost' }), { type: 'opened' });
    expect(reduceLab(back, { type: 'reached', steps: ['one', 'elsewhere'] }).news).toBeUndefined();
  });

  it('is a failure when there is no lab, and a passing message when there is one', () => {
    const error: LabEvent = { type: 'error', code: 'no-room', message: 'All places are taken.', hint: 'Wait.' };
    expect(told({ type: 'opened' }, { type: 'building' }, error).stage).toBe('failed');
    const shown = told(...ready, error);
    expect(shown).toMatchObject({ stage: 'ready', error: { code: 'no-room' } });
    expect(reduceLab(shown, { type: 'dismissed' }).error).toBeUndefined();
  });

  it('is brought to a step until the lab is shown again, even when it stopped on the way', () => {
    const asked = { type: 'asked', what: 'bring', step: 'nat' } as const;
    const onTheWay = told(...ready, asked, { type: 'bringing', step: 'nat', done: 1, of: 3 });
    expect(onTheWay).toMatchObject({ stage: 'bringing', bringing: { done: 1, of: 3 } });
    const shown = reduceLab(onTheWay, { type: 'lab', lab: { ...lab, createdAt: 9 }, terminals: [] });
    expect(shown).toMatchObject({ stage: 'ready', bringing: undefined });
    const stopped = reduceLab(shown, { type: 'error', code: 'conflict', message: 'Stopped', hint: '' });
    expect(stopped).toMatchObject({ stage: 'ready', error: { message: 'Stopped' } });
  });

  it('keeps namespaces where they appeared, whatever order the agent lists them in', () => {
    const live = (...names: string[]): LabEvent => {
      const namespaces = [undefined, ...names].map((netns) => ({ ...(netns ? { netns } : {}), interfaces: [] }));
      return { type: 'state', state: { at: 1, nodes: [{ name: 'one', kind: 'machine', namespaces }] } };
    };
    const seen = told(...ready, live('RED'), live('BLUE', 'RED'), live('BLUE', 'GREEN', 'RED')).live?.nodes[0]
      ?.namespaces;
    expect(seen?.map(({ netns }) => netns)).toEqual([undefined, 'RED', 'BLUE', 'GREEN']);
  });

  it('shows how far a cluster is that is still being made, and starts by itself', () => {
    const preparation = { state: 'image', fraction: 0.43, stage: 'compiling kube-apiserver' } as const;
    const waits = told({ type: 'opened' }, { type: 'preparing', preparation });
    expect(waits).toMatchObject({ stage: 'preparing', preparation: { fraction: 0.43 } });
    const further = reduceLab(waits, { type: 'preparing', preparation: { ...preparation, state: 'template' } });
    expect(further.preparation?.state).toBe('template');
    expect(reduceLab(further, { type: 'building' })).toMatchObject({ stage: 'building', preparation: undefined });
    const silent = reduceLab(further, {
      type: 'error',
      code: 'unavailable',
      message: 'The agent is silent.',
      hint: '',
    });
    expect(silent.stage).toBe('failed');
    expect(reduceLab(silent, { type: 'preparing', preparation })).toMatchObject({
      stage: 'preparing',
      error: undefined,
    });
  });

  it('leaves a message to be read while the cluster tells of its steps', () => {
    const news: LabEvent = { type: 'lab', lab, terminals: [] };
    const error = (code: string): LabEvent => ({ type: 'error', code, message: 'No such pod.', hint: '' });
    expect(told(...ready, error('not-found'), news).error?.message).toBe('No such pod.');
    expect(told(...ready, error('unavailable'), news).error).toBeUndefined();
    expect(told(...ready, error('not-found'), { ...news, lab: { ...lab, createdAt: 2 } }).error).toBeUndefined();
  });

  it('keeps pods where they appeared, and the same list while nothing about them changes', () => {
    const live = (...names: string[]): LabEvent => {
      const pods = names.map((name) => ({ name, node: 'w', ready: true, phase: 'Running', hostNetwork: false }));
      return { type: 'state', state: { at: 1, nodes: [], pods } };
    };
    const seen = told(...ready, live('default/b'), live('default/a', 'default/b'));
    expect(seen.pods.map(({ name }) => name)).toEqual(['default/b', 'default/a']);
    expect(reduceLab(seen, live('default/a', 'default/b')).pods).toBe(seen.pods);
    expect(reduceLab(seen, live('default/a')).pods).toHaveLength(1);
    expect(told(...ready, { type: 'state', state: { at: 1, nodes: [] } }).pods).toBe(startState.pods);
  });

  it('has nothing left once the lab is gone, except what was reached', () => {
    const gone = told(...ready, { type: 'reached', steps: ['one'] }, { type: 'gone', reason: 'idle' });
    expect(gone).toMatchObject({ stage: 'gone', gone: 'idle', lab: undefined, checks: {}, reached: ['one'] });
    expect(reduceLab(gone, { type: 'asked', what: 'start' })).toMatchObject({ stage: 'building', gone: undefined });
  });

  it('takes back its warning when more time is granted', () => {
    const warned = told(...ready, { type: 'warning', reason: 'expiry', at: 1000 });
    expect(warned.warning?.at).toBe(1000);
    expect(reduceLab(warned, { type: 'lab', lab, terminals: [] }).warning?.at).toBe(1000);
    const extended = reduceLab(warned, { type: 'lab', lab: { ...lab, expiresAt: 5000 }, terminals: [] });
    expect(extended.warning).toBeUndefined();
  });

  it('calls a step met only when every one of its checks is', () => {
    const one = told(...ready, { type: 'results', checks: [check('met')] });
    expect(stepVerdict(one, 'veth', ['red', 'blue'])).toBeUndefined();
    const both = reduceLab(one, { type: 'results', checks: [check('broken', 'prompt', 'blue')] });
    expect(stepVerdict(both, 'veth', ['red', 'blue'])).toBe('broken');
    expect(stepVerdict(both, 'veth', ['red'])).toBe('met');
  });
});
