import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoplabError } from '../../contract/errors.ts';
import { type BuildProgram, runBuildProgram } from '../../system/build-program.ts';
import { cacheFolder } from '../cache.ts';

/**
 * One part of the cluster image, built once and kept under the hash of its own recipe: what did not change is not built
 * again, and a build that was cut off goes on with the first part that is missing.
 */
export type Part = {
  /** Unique, and fit for a file name: `component-kubernetes`. */
  name: string;
  /** Sixteen hex digits over all that it is made from, other parts' hashes included. */
  hash: string;
  /** How long it took on two cores, in seconds: its share of the progress shown. */
  seconds: number;
  /** What images may copy from it: names of programs, and `files/NAME`. */
  provides?: readonly string[];
  /** Fills an empty folder. @throws HoplabError `build-failed` */
  build(target: string, step: BuildStep): Promise<void>;
};

export type BuildStep = {
  log(line: string): void;
  /** What is being done now, in a few words, with the part of it that is done, 0 to 1. */
  say(stage: string, fraction?: number): void;
  /** Runs a program to its end. @throws HoplabError `build-failed` with its last lines */
  run(program: Omit<BuildProgram, 'onLine' | 'signal'> & { onLine?: (line: string) => void }): Promise<void>;
};

export const partsFolder = (): string => join(cacheFolder(), 'parts');
export const partFolder = ({ name, hash }: Part): string => join(partsFolder(), `${name}-${hash}`);
export const partIsBuilt = (part: Part): boolean => existsSync(partFolder(part));

const LAST_LINES = 15;

export type EnsurePart = { say: BuildStep['say']; signal?: AbortSignal | undefined };

/** The folder of a part, built if it is not there. One build at a time: the caller holds the lock. */
export async function ensurePart(part: Part, { say, signal }: EnsurePart): Promise<string> {
  const folder = partFolder(part);
  if (!existsSync(folder)) {
    mkdirSync(partsFolder(), { recursive: true });
    const partial = `${folder}.partial`;
    const logFile = `${folder}.log`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial);
    writeFileSync(logFile, `${new Date().toISOString()} building ${part.name} ${part.hash}\n`);
    await part.build(partial, buildStep(part.name, logFile, say, signal));
    renameSync(partial, folder);
  }
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
}

function buildStep(part: string, logFile: string, say: BuildStep['say'], signal?: AbortSignal): BuildStep {
  const log = (line: string) => appendFileSync(logFile, `${line}\n`);
  return {
    log,
    say,
    async run({ onLine, ...program }) {
      const last: string[] = [];
      log(`$ ${program.argv.join(' ')}`);
      const failed = await runBuildProgram({
        ...program,
        signal,
        onLine: (line) => {
          log(line);
          if (line.trim() !== '' && last.push(line) > LAST_LINES) last.shift();
          onLine?.(line);
        },
      });
      signal?.throwIfAborted();
      if (!failed) return;
      throw new HoplabError(
        'build-failed',
        `The cluster image's part ${part} could not be built: ${failed}.\n${last.join('\n')}`,
        `${hintFor(last.join('\n'))}Log: ${logFile}. Run it again: what is built and downloaded is kept.`,
      );
    },
  };
}

function hintFor(text: string): string {
  if (/dial tcp|connection refused|no such host|Temporary failure resolving|proxyconnect/i.test(text)) {
    return 'A package server could not be reached: check the network, GOPROXY and HOPLAB_DEBIAN_MIRROR. ';
  }
  if (/No space left on device/.test(text)) return 'The disk is full: make room, or set XDG_CACHE_HOME. ';
  if (/checksum mismatch|SECURITY ERROR/.test(text)) return 'A download is not what go.sum says it must be. ';
  return '';
}
