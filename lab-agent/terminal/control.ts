import * as z from 'zod';
import { labId } from '../contract/lab.ts';
import { nodeName } from '../contract/names.ts';
import { podShell, terminalDescription, terminalSize } from '../contract/terminal.ts';

/**
 * What agent and terminal host say to each other, over HTTP on the host's unix socket:
 *
 *   GET    /events                 → HostEvent, one JSON per line, for as long as the agent listens
 *   GET    /sessions?lab=ID        → { sessions: TerminalDescription[] }
 *   POST   /sessions  OpenRequest  → TerminalDescription
 *   DELETE /sessions/ID            → 204
 *   DELETE /sessions?lab=ID        → 204, all of a lab
 *   POST   /shutdown               → 204, then the host ends with all its shells
 *   WS     /sessions/ID/attach     contract/terminal.ts is the wire, attachQuery its query
 */
export const openRequest = z.strictObject({
  lab: labId,
  node: nodeName,
  pod: podShell.optional(),
  name: z.string().min(1).max(40),
  size: terminalSize,
  launch: z.strictObject({
    ptmx: z.string().startsWith('/'),
    argv: z.tuple([z.string()], z.string()),
    env: z.record(z.string(), z.string()),
    cgroups: z.array(z.string().startsWith('/')),
  }),
});
export type OpenRequest = z.infer<typeof openRequest>;

export const sessionList = z.strictObject({ sessions: z.array(terminalDescription) });

/**
 * - prompt: the shell shows its prompt again; `exit` is the last command's status
 * - input: somebody typed; told at once, then at most every 200 ms for a session
 * - exit: the shell has ended; `exit` is its status, if known
 */
export const hostEvent = z.strictObject({
  type: z.enum(['prompt', 'input', 'attached', 'detached', 'exit']),
  lab: z.string(),
  node: z.string(),
  session: z.string(),
  exit: z.int().optional(),
  viewers: z.int(),
});
export type HostEvent = z.infer<typeof hostEvent>;

export const sessionQuery = z.strictObject({ lab: labId.optional() });
export const SOCKET_NAME = 'terminals.sock';
