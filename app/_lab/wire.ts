import * as z from 'zod';
import { preparation } from '../../lab-agent/contract/agent-api.ts';
import { clusterStep, labDescription, liveState } from '../../lab-agent/contract/lab.ts';
import { nodeName } from '../../lab-agent/contract/names.ts';
import { podShell, terminalDescription, terminalSize } from '../../lab-agent/contract/terminal.ts';
import { verdictSchema } from '../../lab-agent/contract/verdict.ts';

/**
 * What page and gateway say to each other over /ws/lab?ticket=T: JSON text frames, one socket per open lesson page.
 * The gateway finds or makes the learner's lab for the lesson, watches the current step's checks, records progress.
 */
export const pageMessage = z.discriminatedUnion('type', [
  /** The step that the learner is at: its checks are watched. */
  z.strictObject({ type: z.literal('step'), step: z.string().max(64) }),
  /** The button: run this step's checks now. */
  z.strictObject({ type: z.literal('check'), step: z.string().max(64) }),
  z.strictObject({ type: z.literal('reset') }),
  /** Bring me to this step: a fresh lab with the solutions of all earlier steps. */
  z.strictObject({ type: z.literal('bring'), step: z.string().max(64) }),
  z.strictObject({ type: z.literal('extend') }),
  z.strictObject({ type: z.literal('active') }),
  /** Ask for a lab again after it has gone. */
  z.strictObject({ type: z.literal('start') }),
  z.strictObject({
    type: z.literal('open-terminal'),
    node: nodeName,
    pod: podShell.optional(),
    name: z.string().max(40),
    size: terminalSize,
  }),
  z.strictObject({ type: z.literal('close-terminal'), id: z.string().max(64) }),
]);
export type PageMessage = z.infer<typeof pageMessage>;

/** A check as the page shows it: the verdict of each item, with the author's hint where it is not met. */
export const shownCheck = z.strictObject({
  step: z.string(),
  check: z.string(),
  verdict: z.enum(['met', 'not-met', 'broken']),
  items: z.array(z.strictObject({ verdict: verdictSchema, miss: z.string().optional() })),
  at: z.number(),
  cause: z.enum(['first', 'kernel', 'prompt', 'button']),
});
export type ShownCheck = z.infer<typeof shownCheck>;

/** The stages of "bring me to this step" and of building, told while they go on. */
export const gatewayMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('lab'), lab: labDescription, terminals: z.array(terminalDescription) }),
  /** What labs with this cluster need is still being made, or could not be: told until it is ready and the lab is built. */
  z.strictObject({ type: z.literal('preparing'), preparation }),
  z.strictObject({ type: z.literal('building') }),
  /** `cluster` while the fresh lab's cluster is waited for. */
  z.strictObject({
    type: z.literal('bringing'),
    step: z.string(),
    done: z.int(),
    of: z.int(),
    cluster: z.array(clusterStep).optional(),
  }),
  z.strictObject({ type: z.literal('results'), checks: z.array(shownCheck) }),
  /** Steps reached so far, ever; sent at the start and whenever it grows. */
  z.strictObject({ type: z.literal('reached'), steps: z.array(z.string()) }),
  z.strictObject({ type: z.literal('state'), state: liveState }),
  z.strictObject({ type: z.literal('terminals'), terminals: z.array(terminalDescription) }),
  z.strictObject({ type: z.literal('warning'), reason: z.enum(['expiry', 'idle']), at: z.number() }),
  z.strictObject({ type: z.literal('gone'), reason: z.string() }),
  z.strictObject({ type: z.literal('error'), code: z.string(), message: z.string(), hint: z.string() }),
]);
export type GatewayMessage = z.infer<typeof gatewayMessage>;

/** POST /api/tickets answers with this; a ticket opens one socket within 30 s. */
export const ticketRequest = z.discriminatedUnion('for', [
  z.strictObject({
    for: z.literal('lab'),
    course: z.string(),
    lesson: z.string(),
    lang: z.enum(['en', 'ko']).default('en'),
  }),
  z.strictObject({ for: z.literal('terminal'), lab: z.string(), terminal: z.string() }),
]);
export type TicketRequest = z.input<typeof ticketRequest>;
export const ticketAnswer = z.strictObject({ ticket: z.string() });
