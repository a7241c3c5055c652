import * as z from 'zod';
import { podName } from './names.ts';

/**
 * The wire between a terminal on screen and the terminal host (reference/terminals.md §3).
 *
 * Binary frames carry bytes, one type byte first:
 *   server → client  0x01 OUTPUT  + bytes of the pty. Offsets count them from the session's first byte; the first OUTPUT
 *                    after `attached` begins at `attached.from`.
 *   client → server  0x02 INPUT   + bytes typed
 * Text frames are JSON, the unions below. The client acknowledges with `ack` from xterm's write callback, at least
 * every ACK_EVERY_BYTES; the server stops reading the pty when the owner's unacknowledged bytes pass HIGH_WATER_BYTES and
 * goes on below LOW_WATER_BYTES. To resume, the client connects with `?from=N`, N being what it has parsed; what the ring
 * still holds is sent from there, else `attached.reset` is true, the client resets its screen, and the ring's rest is sent.
 * While the client has parsed less than `attached.replayUntil` it drops what xterm itself wants to answer (device queries
 * in old output would otherwise be typed into the shell).
 */
export const OUTPUT_FRAME = 0x01;
export const INPUT_FRAME = 0x02;

/** xterm.js' guide: not above 500 kB, or Ctrl-C feels late. */
export const HIGH_WATER_BYTES = 384 * 1024;
export const LOW_WATER_BYTES = 192 * 1024;
/** Must not exceed LOW_WATER_BYTES, or the stream can stop for ever. */
export const ACK_EVERY_BYTES = 64 * 1024;
/** What a session keeps for resuming and replay. */
export const RING_BYTES = 512 * 1024;
export const MAX_INPUT_FRAME_BYTES = 64 * 1024;
/**
 * Input that may be on its way: the client sends no more until `accepted` says that the pty took it. So a stuck paste
 * never makes the server stop reading acknowledgements, which could stop both directions for ever.
 */
export const INPUT_WINDOW_BYTES = 64 * 1024;
/** The server says `accepted` after this many bytes, so that single keys cost no answer. */
export const ACCEPT_EVERY_BYTES = 16 * 1024;
/** WebSocket close codes of our own. */
export const CLOSE_EXITED = 4000;
export const CLOSE_GONE = 4004;
export const CLOSE_BAD_MESSAGE = 4400;
export const CLOSE_TOO_SLOW = 4408;

const size = { cols: z.int().min(2).max(1000), rows: z.int().min(1).max(500) };
export const terminalSize = z.strictObject(size);

/** A shell in a pod: by `kubectl exec` in its container, or in its network namespace with the node's own programs. */
export const podShell = z.strictObject({ name: podName, by: z.enum(['exec', 'namespace']) });
export type PodShell = z.output<typeof podShell>;

/** owner types and resizes; facilitator types if the owner agreed; viewer only looks. */
export const terminalRole = z.enum(['owner', 'facilitator', 'viewer']);
export type TerminalRole = z.infer<typeof terminalRole>;

/** What the shell is doing, by its last mark and what was typed since; unknown before the first mark. */
export const shellState = z.enum(['prompt', 'continuation', 'running', 'unknown']);
export type ShellState = z.infer<typeof shellState>;

export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('resize'), ...size }),
  z.strictObject({ type: z.literal('ack'), offset: z.int().min(0) }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

export const serverMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('attached'),
    session: z.string(),
    from: z.int(),
    replayUntil: z.int(),
    /** True when the client's screen does not continue at `from` and must be cleared. */
    reset: z.boolean(),
    /** DEC private modes set at `from`, for a reset: the sequences that set them may no longer be in the ring. */
    modes: z.array(z.int()),
    state: shellState,
    ...size,
  }),
  /** The shell shows a prompt again (OSC 133): `exit` is the last command's status; `continuation` is a PS2 prompt. */
  z.strictObject({ type: z.literal('prompt'), continuation: z.boolean(), exit: z.int().optional(), offset: z.int() }),
  /** A command has been started (OSC 133;C, where the shell says so). */
  z.strictObject({ type: z.literal('running'), offset: z.int() }),
  /** So many bytes of this connection's input have gone into the pty, counted from its first. */
  z.strictObject({ type: z.literal('accepted'), bytes: z.int() }),
  z.strictObject({ type: z.literal('resized'), ...size }),
  z.strictObject({ type: z.literal('exit'), code: z.int().nullable() }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;

export const terminalDescription = z.strictObject({
  id: z.string(),
  lab: z.string(),
  node: z.string(),
  /** For shells in a pod, the one it was opened for. */
  pod: podShell.optional(),
  /** A name for the tab, unique in the lab. */
  name: z.string(),
  ...size,
  startedAt: z.number(),
  exited: z.boolean(),
  viewers: z.int(),
});
export type TerminalDescription = z.infer<typeof terminalDescription>;
