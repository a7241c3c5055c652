import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { runFor, tool } from './run.mjs';
import { root, Trouble } from './settings.mjs';

const PAGES = [
  'app',
  'public',
  'lab-agent/contract',
  'prisma/models.prisma',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'tsconfig.base.json',
  'package-lock.json',
];

/** The part that types and unit tests need as well. */
export const CLIENTS = 'database clients';

/** What is made from the sources, each made again only when what it is made from has changed. */
const PARTS = [
  {
    name: CLIENTS,
    from: ['prisma/models.prisma', 'prisma/schemas.mjs', 'prisma.config.ts', 'package-lock.json'],
    out: 'generated',
    make: generateClients,
  },
  {
    name: 'agent and server',
    from: ['app', 'lab-agent', 'prisma/models.prisma', 'server.ts', 'package-lock.json'],
    out: 'dist/server.mjs',
    make: bundle,
  },
  { name: 'pages', from: PAGES, out: '.next/BUILD_ID', make: buildPages, pages: true },
];

/** Entry points of our own processes, and what esbuild makes of them. */
export const BUNDLES = {
  'server.ts': 'dist/server.mjs',
  'lab-agent/main.ts': 'dist/agent.mjs',
  'lab-agent/terminal/main.ts': 'dist/terminal-host.mjs',
  'lab-agent/image/cli.ts': 'dist/image.mjs',
};

const stampOf = (part) => join(root, 'dist', 'stamps', part.name.replaceAll(' ', '-'));

/** The parts that have to be made. @param {{ pages?: boolean }} options in development, Next builds pages as they are asked for */
export function staleParts({ pages = true } = {}) {
  return PARTS.filter((part) => pages || !part.pages).filter((part) => {
    const stamp = stampOf(part);
    if (!existsSync(join(root, part.out)) || !existsSync(stamp)) return true;
    return readFileSync(stamp, 'utf8') !== fingerprint(root, part.from);
  });
}

/** Makes the given parts, one after another. */
export async function buildParts(parts) {
  for (const part of parts) {
    const started = performance.now();
    process.stdout.write(`Building ${part.name} … `);
    const before = fingerprint(root, part.from);
    rmSync(stampOf(part), { force: true });
    await part.make();
    mkdirSync(join(root, 'dist', 'stamps'), { recursive: true });
    writeFileSync(stampOf(part), before);
    console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

function generateClients() {
  return quietly([process.execPath, 'prisma/generate.mjs']);
}

function buildPages() {
  return quietly([tool('next'), 'build'], { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' });
}

async function bundle() {
  const { build } = await import('esbuild');
  for (const [entry, outfile] of Object.entries(BUNDLES)) {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: true,
      logLevel: 'silent',
    }).catch((error) => {
      throw new Trouble(`\n${error.message}`, 'This is a mistake in the sources: mend it, then run it again.');
    });
  }
}

/** Its output matters only when it fails. */
async function quietly(argv, env = {}) {
  const { code, stdout, stderr } = await runFor(argv, { env });
  if (code !== 0)
    throw new Trouble(
      `\n${stdout}\n${stderr}\n\`${argv.slice(-2).join(' ')}\` failed with status ${code}.`,
      'If the disk is full, make room; else it is a mistake in the sources. Then run it again.',
    );
}
