import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoplabError } from '../../contract/errors.ts';
import { IDS_PER_LAB } from './script.ts';

/**
 * Ranges of user ids, one per lab, for all agents of this machine: a slot is a folder, and making a folder succeeds for
 * one process only. Ids 0x70000000 to 0x7fffffff are left free by the conventions of Linux distributions
 * (https://systemd.io/UIDS-GIDS).
 */
const FIRST_ID = 0x70000000;
const SLOTS = 4096;

export type Slot = { index: number; firstId: number };

export class IdSlots {
  readonly #folder: string;

  constructor(folder = '/run/hoplab-ids') {
    this.#folder = folder;
  }

  /** @param owner the lab's folder: a slot whose owner is gone is free again */
  take(owner: string): Slot {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#folder)) {
      const of = this.#ownerOf(name);
      if (of !== undefined && !existsSync(of)) rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
    for (let index = 0; index < SLOTS; index++) {
      try {
        mkdirSync(join(this.#folder, String(index)));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Another agent has just given the last slot back, and the folder with it.
        if (code === 'ENOENT') return this.take(owner);
        if (code === 'EEXIST') continue;
        throw error;
      }
      writeFileSync(join(this.#folder, String(index), 'owner'), owner);
      return { index, firstId: FIRST_ID + index * IDS_PER_LAB };
    }
    throw new HoplabError('no-room', 'every range of user ids is taken', `Look into ${this.#folder}.`);
  }

  release(index: number): void {
    rmSync(join(this.#folder, String(index)), { recursive: true, force: true });
    try {
      rmdirSync(this.#folder);
    } catch {
      // Other labs have slots in it, or another agent has removed it.
    }
  }

  #ownerOf(name: string): string | undefined {
    try {
      return readFileSync(join(this.#folder, name, 'owner'), 'utf8');
    } catch {
      return undefined; // being made by another agent this moment
    }
  }
}
