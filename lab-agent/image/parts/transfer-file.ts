import * as z from 'zod';
import { HoplabError } from '../../contract/errors.ts';
import { parse } from '../../contract/parse.ts';

/**
 * The file that images travel in: a tar archive of two members, `manifest.json` and `content.tar.zst` (or `.gz`). The manifest
 * comes first and has a fixed size, so that what does not fit is refused after five kilobytes, and so that it can be filled in
 * when the content has been written. Knows nothing of what the content is.
 */
const hash = z.string().regex(/^[0-9a-f]{16}$/);
const manifestSchema = z.strictObject({
  format: z.literal('hoplab-images'),
  version: z.literal(1),
  arch: z.string(),
  /** Hashes of the recipes. */
  node: hash,
  cluster: hash,
  templates: z.array(hash).max(100),
  compression: z.enum(['zstd', 'gzip']),
  /** What it takes on a disk. */
  unpackedBytes: z.int(),
  /** Of the content as it lies in the file. */
  bytes: z.int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type TransferManifest = z.output<typeof manifestSchema>;

const BLOCK = 512;
const MANIFEST_BYTES = 7 * BLOCK;
const CONTENT_NAMES = { zstd: 'content.tar.zst', gzip: 'content.tar.gz' } as const;

/** Where the content begins. */
export const HEAD_BYTES = BLOCK + MANIFEST_BYTES + BLOCK;
/** A tar header has eleven octal digits for a size. */
const LARGEST_BYTES = 8 ** 11 - 1;

/** All that stands before the content. */
export function headOf(manifest: TransferManifest): Buffer {
  if (manifest.bytes > LARGEST_BYTES)
    throw new HoplabError('internal', 'the content is larger than a tar archive takes');
  const text = JSON.stringify(manifest, null, 1).padEnd(MANIFEST_BYTES - 1);
  return Buffer.concat([
    tarHeader('manifest.json', MANIFEST_BYTES),
    Buffer.from(`${text}\n`),
    tarHeader(CONTENT_NAMES[manifest.compression], manifest.bytes),
  ]);
}

/** All that stands after it: padding to whole blocks, and two empty ones. */
export const tailOf = (bytes: number): Buffer => Buffer.alloc(((BLOCK - (bytes % BLOCK)) % BLOCK) + 2 * BLOCK);

/** @throws HoplabError when this is not the beginning of such a file */
export function readHead(head: Buffer, source: string): TransferManifest {
  if (head.length < HEAD_BYTES || head.toString('latin1', 0, 14) !== 'manifest.json\0') throw noSuchFile(source);
  let manifest: unknown;
  try {
    manifest = JSON.parse(head.toString('utf8', BLOCK, BLOCK + MANIFEST_BYTES));
  } catch {
    throw noSuchFile(source);
  }
  return parse(manifestSchema, manifest, `${source}: manifest.json`);
}

function noSuchFile(source: string): HoplabError {
  return new HoplabError(
    'invalid-input',
    `${source} is no file of Hoplab's images.`,
    'Such a file is made by: npm run image -- export FILE',
  );
}

/** A ustar header (POSIX pax, "ustar Interchange Format") of a plain file. */
function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  header.write(name, 0, 'latin1');
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  header.write('        0', 148, 'latin1'); // the sum is taken with blanks in its place; then the type, a file
  header.write('ustar\u000000', 257, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header[154] = 0;
  return header;
}
