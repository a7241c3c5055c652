import type { Preparation } from '../../lab-agent/contract/agent-api.ts';
import type { ClusterStep, LabDescription, LivePod, LiveState } from '../../lab-agent/contract/lab.ts';
import type { TerminalDescription } from '../../lab-agent/contract/terminal.ts';
import type { GatewayMessage, ShownCheck } from './wire.ts';

/**
 * What the page knows of its lab. Pure: messages and the reader's own doings in, the next state out.
 * It does not know sockets, React or terminals' bytes.
 */
export type LabState = {
  /** How the socket is; the lab lives on when it is away. */
  link: 'connecting' | 'open' | 'reconnecting';
  stage: 'waiting' | 'preparing' | 'building' | 'bringing' | 'ready' | 'gone' | 'failed';
  lab: LabDescription | undefined;
  terminals: readonly TerminalDescription[];
  /** By checkKey. */
  checks: Readonly<Record<string, ShownCheck>>;
  reached: readonly string[];
  /** Whether this socket has told what was reached before. */
  greeted: boolean;
  /** The step that was reached last while the page was open, to be announced once. */
  news: string | undefined;
  live: LiveState | undefined;
  /** Those of `live`, the same array while nothing about them changes. */
  pods: readonly LivePod[];
  /** How far the making of what labs with this cluster need has come. */
  preparation: Preparation | undefined;
  warning: { reason: 'expiry' | 'idle'; at: number } | undefined;
  bringing: { step: string; done: number; of: number; cluster?: ClusterStep[] | undefined } | undefined;
  gone: string | undefined;
  error: LabError | undefined;
  /** Steps whose button was pressed and whose verdicts are awaited. */
  pending: readonly string[];
};
export type LabError = { code: string; message: string; hint: string };

export type LabEvent =
  | GatewayMessage
  | { type: 'opened' }
  | { type: 'lost' }
  | { type: 'asked'; what: 'check' | 'bring'; step: string }
  | { type: 'asked'; what: 'reset' | 'start' | 'extend' }
  | { type: 'dismissed' };

const noPods: readonly LivePod[] = [];

export const startState: LabState = {
  link: 'connecting',
  stage: 'waiting',
  lab: undefined,
  terminals: [],
  checks: {},
  reached: [],
  greeted: false,
  news: undefined,
  live: undefined,
  pods: noPods,
  preparation: undefined,
  warning: undefined,
  bringing: undefined,
  gone: undefined,
  error: undefined,
  pending: [],
};

/** The key of a check in LabState.checks: ids are unique within their step only. */
export function checkKey(step: string, check: string): string {
  return `${step}/${check}`;
}

/** What belongs to one incarnation of a lab and is no longer true in the next. */
const fresh = {
  checks: {},
  live: undefined,
  pods: noPods,
  preparation: undefined,
  warning: undefined,
  pending: [],
  gone: undefined,
  error: undefined,
} as const;

export function reduceLab(state: LabState, event: LabEvent): LabState {
  switch (event.type) {
    case 'opened':
      return { ...state, link: 'open', greeted: false };
    case 'lost':
      return {
        ...state,
        link: state.lab || state.link === 'reconnecting' ? 'reconnecting' : 'connecting',
        pending: [],
      };
    case 'asked':
      return asked(state, event);
    case 'dismissed':
      return { ...state, error: undefined, warning: undefined };
    case 'preparing':
      return { ...state, ...fresh, stage: 'preparing', preparation: event.preparation, bringing: undefined };
    case 'building':
      return { ...state, ...fresh, stage: state.stage === 'bringing' ? 'bringing' : 'building' };
    case 'bringing': {
      const { type: _, ...bringing } = event;
      return { ...state, stage: 'bringing', bringing };
    }
    case 'lab':
      return withLab(state, event.lab, event.terminals);
    case 'results':
      return withResults(state, event.checks);
    case 'reached':
      return withReached(state, event.steps);
    case 'state':
      return withLive(state, event.state);
    case 'terminals':
      return { ...state, terminals: event.terminals };
    case 'warning':
      return { ...state, warning: { reason: event.reason, at: event.at } };
    case 'gone':
      return {
        ...state,
        ...fresh,
        stage: 'gone',
        gone: event.reason,
        lab: undefined,
        terminals: [],
        bringing: undefined,
      };
    case 'error':
      return withError(state, { code: event.code, message: event.message, hint: event.hint });
  }
}

function asked(state: LabState, event: Extract<LabEvent, { type: 'asked' }>): LabState {
  switch (event.what) {
    case 'check':
      return { ...state, pending: [...state.pending.filter((s) => s !== event.step), event.step] };
    case 'bring':
      return { ...state, ...fresh, stage: 'bringing', bringing: { step: event.step, done: 0, of: 0 } };
    case 'extend':
      return { ...state, warning: undefined };
    default:
      return { ...state, ...fresh, stage: 'building', bringing: undefined };
  }
}

/** A reset keeps the lab's id and gives it a new `createdAt`; either change means that old verdicts are no longer true. */
function withLab(state: LabState, lab: LabDescription, terminals: TerminalDescription[]): LabState {
  const same = state.lab?.id === lab.id && state.lab.createdAt === lab.createdAt;
  // The gateway shows a lab only when it is the learner's again: the end of bringing, whether it came to its step or not.
  const stage = lab.phase === 'building' ? 'building' : 'ready';
  // More time was granted, or something happened: what was warned of is no longer near.
  const calm = state.lab && lab.expiresAt > state.lab.expiresAt ? undefined : state.warning;
  return {
    ...state,
    ...(same ? { warning: calm } : { checks: {}, live: undefined, pods: noPods, warning: undefined, pending: [] }),
    preparation: undefined,
    stage,
    lab,
    terminals,
    gone: undefined,
    // A cluster that comes up tells of every step: what went wrong meanwhile stays to be read, but an agent that was silent is back.
    error: same && state.stage === 'ready' && state.error?.code !== 'unavailable' ? state.error : undefined,
    bringing: undefined,
  };
}

function withResults(state: LabState, results: ShownCheck[]): LabState {
  const checks = { ...state.checks };
  for (const result of results) checks[checkKey(result.step, result.check)] = result;
  const answered = new Set(results.filter((r) => r.cause === 'button').map((r) => r.step));
  return { ...state, checks, pending: state.pending.filter((s) => !answered.has(s)) };
}

/** The first list on a socket is what was reached on other days or in other tabs; only what comes after is news. */
function withReached(state: LabState, steps: string[]): LabState {
  const news = state.greeted ? steps.find((s) => !state.reached.includes(s)) : undefined;
  return { ...state, reached: steps, greeted: true, news: news ?? state.news };
}

function withError(state: LabState, error: LabError): LabState {
  const withoutLab = state.stage !== 'ready' && !(state.lab && state.stage === 'waiting');
  return { ...state, error, pending: [], stage: withoutLab ? 'failed' : state.stage, bringing: undefined };
}

/** What a step's checks come to now: undefined while not all have been looked at. */
export function stepVerdict(
  state: LabState,
  step: string,
  checkIds: readonly string[],
): ShownCheck['verdict'] | undefined {
  const verdicts = checkIds.map((id) => state.checks[checkKey(step, id)]?.verdict);
  if (verdicts.length === 0 || verdicts.includes(undefined)) return undefined;
  if (verdicts.includes('broken')) return 'broken';
  return verdicts.includes('not-met') ? 'not-met' : 'met';
}

function withLive(state: LabState, now: LiveState): LabState {
  const live = inOrder(now, state.live);
  const place = ({ name }: LivePod) => {
    const at = state.pods.findIndex((pod) => pod.name === name);
    return at < 0 ? state.pods.length : at;
  };
  const pods = (live.pods ?? []).toSorted((a, b) => place(a) - place(b));
  const same = JSON.stringify(pods) === JSON.stringify(state.pods);
  return { ...state, live, pods: same ? state.pods : pods };
}

/** Namespaces stay where they appeared: the agent lists them by name, and a picture that shuffles is hard to read. */
function inOrder(now: LiveState, before: LiveState | undefined): LiveState {
  const nodes = now.nodes.map((node) => {
    const known = before?.nodes.find(({ name }) => name === node.name)?.namespaces.map(({ netns }) => netns) ?? [];
    const place = (netns: string | undefined) => (known.includes(netns) ? known.indexOf(netns) : known.length);
    return { ...node, namespaces: [...node.namespaces].sort((a, b) => place(a.netns) - place(b.netns)) };
  });
  return { ...now, nodes };
}
