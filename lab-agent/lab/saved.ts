import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parse } from '../contract/parse.ts';
import { topologySchema } from '../contract/topology.ts';

/** What an agent must know to take a lab up again, beside what its provider keeps. Lies in the lab's folder. */
export const savedLab = z.strictObject({
  id: z.string(),
  owner: z.string(),
  name: z.string(),
  /** As it was asked for; parsed again, so that defaults can follow. */
  topology: z.unknown(),
  image: z.string(),
  createdAt: z.number(),
  buildMs: z.number(),
  expiresAt: z.number(),
  lastActive: z.number(),
  extensionsLeft: z.int(),
  /** When its nodes were brought up last, in milliseconds since the epoch. */
  switchedOnAt: z.number().optional(),
  /** Made before anybody asked, and nobody's yet. */
  pooled: z.boolean().optional(),
});
export type SavedLab = z.infer<typeof savedLab>;

const path = (folder: string) => join(folder, 'keeper.json');

export function save(folder: string, lab: SavedLab): void {
  writeFileSync(`${path(folder)}.partial`, JSON.stringify(lab), { mode: 0o600 });
  renameSync(`${path(folder)}.partial`, path(folder));
}

/** @throws InvalidInput or the system's error; the lab cannot be taken up then */
export function readSaved(folder: string): SavedLab {
  return parse(savedLab, JSON.parse(readFileSync(path(folder), 'utf8')), path(folder));
}

export const topologyOf = (lab: SavedLab) => parse(topologySchema, lab.topology, `lab ${lab.id}`);
