// node prisma/new-migration.mjs NAME   `prisma migrate dev --create-only` for both databases, without downloads.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, readMigrations, scriptSafe } from './schema-engine.mjs';
import { prismaFolder, providers, writeSchemas } from './schemas.mjs';

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('usage: node prisma/new-migration.mjs NAME   (small letters, digits and "_")');
  process.exit(2);
}
writeSchemas();
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const scratch = mkdtempSync(join(tmpdir(), 'hoplab-shadow-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const adapterFactories = {
  sqlite: async () => {
    const { PrismaLibSql } = await import('@prisma/adapter-libsql');
    const open = (file) => new PrismaLibSql({ url: `file:${scratch}/${file}.db` });
    return scriptSafe(open('main'), () => open('shadow').connect());
  },
  postgresql: async () => {
    const { PGlite } = await import('@electric-sql/pglite');
    const { PrismaPGlite } = await import('pglite-prisma-adapter');
    const factory = new PrismaPGlite(new PGlite());
    const connect = () => factory.connect();
    return { provider: factory.provider, adapterName: factory.adapterName, connect, connectToShadowDb: connect };
  },
};

for (const provider of providers) {
  const path = join(prismaFolder, provider, 'schema.prisma');
  const folder = join(prismaFolder, provider, 'migrations');
  const schema = { files: [{ path, content: readFileSync(path, 'utf8') }] };
  const adapterFactory = await adapterFactories[provider]();
  const engine = await openEngine({ adapterFactory, datamodels: [[path, schema.files[0].content]] });
  const applied = readMigrations(folder);
  const from = applied.migrationDirectories.length > 0 ? { tag: 'migrations', ...applied } : { tag: 'empty' };
  const to = { tag: 'schemaDatamodel', ...schema };
  const filters = { externalTables: [], externalEnums: [] };
  const difference = await engine.diff({ from, to, script: true, exitCode: true, filters });
  if (difference.exitCode !== 2) {
    console.log(`${provider}: up to date`);
    continue;
  }
  mkdirSync(join(folder, `${stamp}_${name}`), { recursive: true });
  writeFileSync(join(folder, `${stamp}_${name}`, 'migration.sql'), difference.stdout);
  writeFileSync(join(folder, 'migration_lock.toml'), `provider = "${provider}"\n`);
  console.log(`${provider}: wrote ${stamp}_${name}`);
}
// PGlite keeps the process alive otherwise.
process.exit(0);
