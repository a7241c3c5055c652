import type { OpenTerminal } from '../../../lab-agent/contract/agent-api.ts';
import type { LabDescription } from '../../../lab-agent/contract/lab.ts';
import type { TerminalDescription } from '../../../lab-agent/contract/terminal.ts';
import type { AgentClient } from '../agents/client.ts';

/** Until the page attaches with its own size. */
const FIRST_SIZE = { cols: 80, rows: 24 };

/** The lab's terminals, after opening a first one on each node that has a shell and none running. */
export async function ensureTerminals(client: AgentClient, lab: LabDescription): Promise<TerminalDescription[]> {
  const present = await client.terminals(lab.id);
  const missing = lab.nodes.filter(
    ({ name, shell }) => shell && !present.some(({ node, pod, exited }) => node === name && !pod && !exited),
  );
  const opened = await Promise.all(
    missing.map(({ name }) => {
      const request: OpenTerminal = { node: name, name: freeName(name, present), size: FIRST_SIZE };
      return client.openTerminal(lab.id, request);
    }),
  );
  return [...present, ...opened];
}

/** A name that no terminal of the lab has: `k8s-m`, `k8s-m 2`, … */
export function freeName(wanted: string, present: readonly Pick<TerminalDescription, 'name'>[]): string {
  const taken = new Set(present.map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted} ${number}`)) number++;
  return `${wanted} ${number}`;
}
