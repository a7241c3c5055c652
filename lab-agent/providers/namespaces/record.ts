import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parse } from '../../contract/parse.ts';
import { startTime } from '../../system/proc.ts';

/** What lies in a lab's folder, so that another agent process can take the lab up again. */
const recordSchema = z.strictObject({
  id: z.string(),
  slot: z.int(),
  firstId: z.int(),
  group: z.string(),
  /** The root folder of the node image that it runs on; the agent's own unless given. */
  image: z.string().optional(),
  cluster: z
    .strictObject({
      controlPlane: z.string(),
      nodes: z.array(z.strictObject({ name: z.string(), address: z.string() })),
    })
    .optional(),
  /** The lab's first process: its pid on this machine, and when it started, which names it for good. */
  first: z.strictObject({ pid: z.int(), started: z.int() }).optional(),
  nodes: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['machine', 'internet']),
      shell: z.boolean(),
      /** The network that each of its interfaces is plugged into. */
      networks: z.record(z.string(), z.string()),
      /** The node's first process, by its number in the lab's PID namespace. */
      pid: z.int(),
    }),
  ),
});
export type LabRecord = z.infer<typeof recordSchema>;

const file = (folder: string) => join(folder, 'lab.json');

export function writeRecord(folder: string, record: LabRecord): void {
  const partial = `${file(folder)}.partial`;
  writeFileSync(partial, JSON.stringify(record), { mode: 0o600 });
  renameSync(partial, file(folder));
}

/** @throws InvalidInput when it is not what we wrote, the system's error when it is not there */
export function readRecord(folder: string): LabRecord {
  return parse(recordSchema, JSON.parse(readFileSync(file(folder), 'utf8')), file(folder));
}

/** True while the lab's first process is the one that was recorded and not another with its number. */
export function firstLives({ first }: LabRecord): boolean {
  return first !== undefined && startTime(first.pid) === first.started;
}
