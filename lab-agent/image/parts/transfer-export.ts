import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { HoplabError } from '../../contract/errors.ts';
import { type PipeProgram, pipeProgram } from '../../system/pipe-program.ts';
import { cacheFolder, imagePath, imagesFolder } from '../cache.ts';
import { takeLock } from '../lock.ts';
import type { Progress } from '../progress.ts';
import { clusterImagePath } from './cluster-image.ts';
import { HEAD_BYTES, headOf, type TransferManifest, tailOf } from './transfer-file.ts';

/** Packs the present recipe's images, and templates that were made on them, into one file: a class or a CI builds once. */

export type TransferOptions = {
  onProgress?: (progress: Progress) => void;
  /** Called once when a build goes on that has to be waited for. */
  onWait?: (pid: number) => void;
  signal?: AbortSignal;
};

/** Owners by number, and all attributes but those that a machine's own policy gives. */
export const TAR_OPTIONS = ['--numeric-owner', '--xattrs', '--xattrs-include=*', '--xattrs-exclude=security.selinux'];

/** @throws HoplabError `not-ready` when there is nothing to export yet; `internal` when it cannot be written */
export async function exportImages(file: string, options: TransferOptions = {}): Promise<TransferManifest> {
  const [node, cluster] = [imagePath(), clusterImagePath()];
  if (!existsSync(node.path) || !existsSync(cluster.path)) throw notBuilt(!existsSync(node.path));
  // A build that goes on would link and unlink what is being packed.
  using _lock = await takeLock(join(imagesFolder(), 'cluster-lock'), options);
  const templates = templatesOf(cluster.hash);
  const members = [...[node, cluster].map(({ hash }) => `images/${hash}/rootfs`), ...templates.flatMap(membersOf)];
  const unpackedBytes = sizeOf(members.map((member) => join(cacheFolder(), member)));
  const partial = `${file}.partial`;
  const out = await create(partial);
  try {
    const packed = await pack(members, out, unpackedBytes, options);
    const manifest: TransferManifest = {
      ...({ format: 'hoplab-images', version: 1, arch: process.arch } as const),
      ...{ node: node.hash, cluster: cluster.hash, templates, unpackedBytes, ...packed },
    };
    await out.write(tailOf(packed.bytes), 0, null, HEAD_BYTES + packed.bytes);
    await out.write(headOf(manifest), 0, HEAD_BYTES, 0);
    await out.sync();
    await out.close();
    await rename(partial, file);
    return manifest;
  } catch (error) {
    await out.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

type Packed = Pick<TransferManifest, 'bytes' | 'sha256' | 'compression'>;

async function pack(
  members: string[],
  out: FileHandle,
  total: number,
  { onProgress, signal }: TransferOptions,
): Promise<Packed> {
  const tar = pipeProgram(['tar', '-C', cacheFolder(), ...TAR_OPTIONS, '--sparse', '-cf', '-', ...members]);
  const zstd = await startZstd();
  const sum = createHash('sha256');
  let read = 0;
  let bytes = 0;
  const counted = async function* (from: AsyncIterable<Buffer>) {
    for await (const chunk of from) {
      read += chunk.length;
      onProgress?.({ fraction: Math.min(1, read / total), stage: `packing, ${gigabytes(bytes)} so far` });
      yield chunk;
    }
  };
  const written = async (from: AsyncIterable<Buffer>) => {
    for await (const chunk of from) {
      sum.update(chunk);
      await out.write(chunk, 0, chunk.length, HEAD_BYTES + bytes);
      bytes += chunk.length;
    }
  };
  const programs = [tar, ...(zstd ? [zstd] : [])];
  try {
    tar.input.end();
    if (zstd) {
      await Promise.all([
        pipeline(tar.output, counted, zstd.input, { signal }),
        pipeline(zstd.output, written, { signal }),
      ]);
    } else await pipeline(tar.output, counted, createGzip(), written, { signal });
  } catch (error) {
    for (const program of programs) program.kill();
    signal?.throwIfAborted();
    const why = (await Promise.all(programs.map(({ ended }) => ended))).find((text) => text && !/SIGKILL/.test(text));
    throw cannotWrite(why ?? (error as Error).message);
  }
  for (const { ended } of programs) {
    const why = await ended;
    if (why) throw cannotWrite(why);
  }
  return { bytes, sha256: sum.digest('hex'), compression: zstd ? 'zstd' : 'gzip' };
}

/** Undefined when this machine has none. */
async function startZstd(): Promise<PipeProgram | undefined> {
  const trial = pipeProgram(['zstd', '--version']);
  trial.input.end();
  trial.output.resume();
  if ((await trial.ended) !== undefined) return undefined;
  return pipeProgram(['zstd', '-T0', '-9', '--long=27', '-q', '-c']);
}

/** Templates that were made on this image; those of older ones are of no use to anyone. */
function templatesOf(imageHash: string): string[] {
  const folder = join(cacheFolder(), 'templates');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => {
    const note = join(folder, name, 'image');
    return /^[0-9a-f]{16}$/.test(name) && existsSync(note) && readFileSync(note, 'utf8').trim() === imageHash;
  });
}

/** What is in the folder, not the folder: its time changes while it is used, and tar would call that a failure. */
function membersOf(template: string): string[] {
  const names = readdirSync(join(cacheFolder(), 'templates', template));
  return names.sort().map((name) => `templates/${template}/${name}`);
}

/** Bytes on disk; what is linked more than once counts once. */
export function sizeOf(paths: readonly string[], seen = new Set<string>()): number {
  let bytes = 0;
  for (const path of paths) {
    const stat = lstatSync(path);
    const id = `${stat.dev}:${stat.ino}`;
    if (!seen.has(id)) bytes += stat.blocks * 512;
    seen.add(id);
    if (!stat.isDirectory()) continue;
    bytes += sizeOf(
      readdirSync(path).map((name) => join(path, name)),
      seen,
    );
  }
  return bytes;
}

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

async function create(file: string): Promise<FileHandle> {
  try {
    // Templates hold the keys of their clusters.
    return await open(file, 'w', 0o600);
  } catch (error) {
    throw cannotWrite((error as Error).message);
  }
}

function notBuilt(node: boolean): HoplabError {
  return new HoplabError(
    'not-ready',
    `The ${node ? 'node' : 'cluster'} image of these sources has not been built yet, so there is nothing to export.`,
    'Build it first: npm run image -- ensure',
  );
}

function cannotWrite(why: string): HoplabError {
  const hint = /ENOSPC|No space left/.test(why) ? 'The disk is full: make room, or choose another folder.' : '';
  return new HoplabError('internal', `The images could not be exported: ${why}`, hint || 'Nothing was written.');
}
