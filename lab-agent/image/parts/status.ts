import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parse } from '../../contract/parse.ts';
import { startTime } from '../../system/proc.ts';
import { imagesFolder } from '../cache.ts';

/** How far the build of the cluster image is, told by the process that builds to whoever waits for it, by a file. */
const statusSchema = z.strictObject({
  fraction: z.number(),
  stage: z.string(),
  problem: z.string().optional(),
  /** Who writes it, so that a build that was killed is told from one that goes on. */
  writer: z.strictObject({ pid: z.int(), started: z.int() }),
});
export type BuildStatus = z.infer<typeof statusSchema>;

const fileOf = (hash: string): string => join(imagesFolder(), `${hash}.status.json`);

export function writeStatus(hash: string, status: Omit<BuildStatus, 'writer'>): void {
  mkdirSync(imagesFolder(), { recursive: true });
  const writer = { pid: process.pid, started: startTime(process.pid) ?? 0 };
  writeFileSync(`${fileOf(hash)}.${process.pid}`, JSON.stringify({ ...status, writer }));
  renameSync(`${fileOf(hash)}.${process.pid}`, fileOf(hash));
}

/** What was told last, and whether its writer still lives; undefined when nothing was ever told. */
export function readStatus(hash: string): (BuildStatus & { alive: boolean }) | undefined {
  try {
    const status = parse(statusSchema, JSON.parse(readFileSync(fileOf(hash), 'utf8')), fileOf(hash));
    return { ...status, alive: startTime(status.writer.pid) === status.writer.started };
  } catch {
    return undefined; // nobody has begun, or it is not ours
  }
}
