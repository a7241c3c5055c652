import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HoplabError } from '../../contract/errors.ts';
import { pipeProgram } from '../../system/pipe-program.ts';
import { startTime } from '../../system/proc.ts';
import { cacheFolder, imagePath, removeTree } from '../cache.ts';
import { clusterImagePath } from './cluster-image.ts';
import { gigabytes, TAR_OPTIONS, type TransferOptions } from './transfer-export.ts';
import { HEAD_BYTES, readHead, type TransferManifest } from './transfer-file.ts';
import { readSource } from './transfer-source.ts';

/** Takes images and templates from a file or URL. Nothing becomes visible before all of it has arrived and its sum is right. */

/** @returns what has become visible: none when all of it was there already. @throws HoplabError that says why it does not fit */
export async function importImages(source: string, options: TransferOptions = {}): Promise<string[]> {
  const chunks = readSource(source, options.signal);
  try {
    const { head, rest } = await takeHead(chunks);
    const manifest = readHead(head, source);
    mustFit(manifest, source);
    const missing = membersOf(manifest).filter((member) => !existsSync(join(cacheFolder(), member)));
    if (missing.length === 0) return [];
    mkdirSync(cacheFolder(), { recursive: true });
    removeLeftOvers();
    mustHaveRoom(manifest);
    const partial = join(cacheFolder(), `import.${process.pid}.${startTime(process.pid)}.partial`);
    mkdirSync(partial, { mode: 0o700 });
    try {
      await unpack(manifest, { source, rest, chunks, partial }, options);
      return missing.filter((member) => show(partial, member));
    } finally {
      removeTree(partial);
    }
  } finally {
    await chunks.return(undefined);
  }
}

const membersOf = ({ node, cluster, templates }: TransferManifest): string[] => [
  ...[node, cluster].map((hash) => `images/${hash}`),
  ...templates.map((hash) => `templates/${hash}`),
];

async function takeHead(chunks: AsyncGenerator<Buffer>): Promise<{ head: Buffer; rest: Buffer }> {
  let taken = Buffer.alloc(0);
  while (taken.length < HEAD_BYTES) {
    const { value, done } = await chunks.next();
    if (done) break;
    taken = Buffer.concat([taken, value]);
  }
  return { head: taken.subarray(0, HEAD_BYTES), rest: taken.subarray(HEAD_BYTES) };
}

/** An image of another recipe would never be asked for: it is refused before anything is read. */
function mustFit(manifest: TransferManifest, source: string): void {
  if (manifest.arch !== process.arch) {
    throw new HoplabError(
      'unsupported',
      `${source} holds images for ${manifest.arch}; this machine is ${process.arch}.`,
      'Export them on a machine of the same kind, or let npm start build them here.',
    );
  }
  const [node, cluster] = [imagePath().hash, clusterImagePath().hash];
  if (manifest.node === node && manifest.cluster === cluster) return;
  throw new HoplabError(
    'conflict',
    `${source} holds the images of another recipe: node ${manifest.node}, cluster ${manifest.cluster}.\nThese sources want node ${node}, cluster ${cluster}.`,
    'Check out the version of Hoplab that it was exported from, or export it again from this one.',
  );
}

type Unpacking = { source: string; rest: Buffer; chunks: AsyncGenerator<Buffer>; partial: string };

async function unpack(manifest: TransferManifest, from: Unpacking, { onProgress }: TransferOptions) {
  const { source, rest, chunks, partial } = from;
  const program = manifest.compression;
  const unzip = pipeProgram([program, '-d', '-q', '-c']);
  const tar = pipeProgram(['tar', '-C', partial, ...TAR_OPTIONS, '-xpf', '-', ...membersOf(manifest)]);
  unzip.output.pipe(tar.input);
  tar.output.resume();
  // Nobody reads what it prints any more: it would wait for ever.
  void tar.ended.then((why) => why && unzip.kill());
  let failed = false;
  const gone = Promise.race([unzip.ended, tar.ended]).then((why) => {
    failed = why !== undefined;
  });
  const sum = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of withFirst(rest, chunks)) {
      const wanted = chunk.subarray(0, manifest.bytes - bytes);
      sum.update(wanted);
      bytes += wanted.length;
      // A full disk or damaged content: why is told below.
      if (failed) break;
      if (!unzip.input.write(wanted)) {
        await Promise.race([new Promise((resolve) => unzip.input.once('drain', resolve)), gone]);
      }
      onProgress?.({ fraction: bytes / manifest.bytes, stage: `unpacking, ${gigabytes(bytes)} so far` });
      if (bytes === manifest.bytes) break;
    }
    unzip.input.end();
    if (bytes < manifest.bytes && !failed) throw cutOff(source, bytes, manifest.bytes);
    const why = (await Promise.all([unzip.ended, tar.ended])).filter((text) => text !== undefined);
    // The one that fails first takes the other with it: its reason is the one to tell.
    const reason = why.find((text) => !/SIGKILL|SIGPIPE|Broken pipe/.test(text)) ?? why[0];
    if (reason) throw cannotUnpack(source, reason, program);
  } finally {
    for (const running of [unzip, tar]) running.kill();
    await Promise.all([unzip.ended, tar.ended]);
  }
  if (sum.digest('hex') !== manifest.sha256) throw damaged(source, 'its SHA-256 is not the one that it was made with');
}

async function* withFirst(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}

/** @returns false when someone else made it meanwhile */
function show(partial: string, member: string): boolean {
  const target = join(cacheFolder(), member);
  // Templates hold the keys of their clusters.
  const mode = member.startsWith('templates/') ? 0o700 : 0o755;
  mkdirSync(dirname(target), { recursive: true, mode });
  chmodSync(join(partial, member), mode);
  try {
    renameSync(join(partial, member), target);
    return true;
  } catch (error) {
    if (existsSync(target)) return false;
    throw error;
  }
}

/** Imports that were killed; one that still runs keeps its own. */
function removeLeftOvers(): void {
  for (const name of readdirSync(cacheFolder())) {
    const [, pid, started] = /^import\.(\d+)\.(\d+)\.partial$/.exec(name) ?? [];
    if (pid && startTime(Number(pid)) !== Number(started)) removeTree(join(cacheFolder(), name));
  }
}

function mustHaveRoom({ unpackedBytes }: TransferManifest): void {
  const { bavail, bsize } = statfsSync(cacheFolder());
  if (bavail * bsize > unpackedBytes * 1.05) return;
  throw new HoplabError(
    'unavailable',
    `The images take ${gigabytes(unpackedBytes)} of disk; ${cacheFolder()} has ${gigabytes(bavail * bsize)} free.`,
    'Make room, or set XDG_CACHE_HOME to a folder on a larger disk.',
  );
}

const cutOff = (source: string, bytes: number, whole: number): HoplabError =>
  damaged(source, `it ends after ${bytes} of ${whole} bytes`);

function damaged(source: string, why: string): HoplabError {
  return new HoplabError(
    'invalid-input',
    `${source} is not whole: ${why}. Nothing was imported.`,
    'Copy or download it again, or export it again.',
  );
}

function cannotUnpack(source: string, why: string, program: string): HoplabError {
  if (/No space left/.test(why)) {
    const hint = 'The disk is full: make room, or set XDG_CACHE_HOME to a folder on a larger disk.';
    return new HoplabError('unavailable', `${source} could not be unpacked: ${why}`, hint);
  }
  if (/status 127|ENOENT/.test(why)) {
    const message = `${source} is packed with ${program}, which is not installed on this machine.`;
    return new HoplabError('unavailable', message, `Install it: apt-get install ${program}`);
  }
  return damaged(source, why);
}
