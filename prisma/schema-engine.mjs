// Prisma's schema engine as WASM from npm: it needs no download and works on a driver adapter.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const require = createRequire(import.meta.url);

let engineModule;
/** Instantiated once: the glue module holds one instance, and closures of the first would call into the second. */
async function load() {
  if (engineModule) return engineModule;
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = join(dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')), 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  engineModule = glue;
  return glue;
}

/** Opens the engine on a database of its own, with the given schema files. */
export async function openEngine({ adapterFactory, datamodels }) {
  const glue = await load();
  return glue.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(adapterFactory));
}

/**
 * The engine sends whole migrations through executeRaw, and libsql prepares only one statement there (the rest is
 * dropped in silence): such calls go to executeScript.
 */
export function scriptSafe(factory, shadow) {
  const fix = (adapter) => {
    const raw = adapter.executeRaw.bind(adapter);
    adapter.executeRaw = (query) => (query.args.length ? raw(query) : adapter.executeScript(query.sql).then(() => 0));
    return adapter;
  };
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => fix(await factory.connect()),
    connectToShadowDb: async () => fix(await shadow()),
  };
}

/** The migrations of a folder, as the engine takes them. */
export function readMigrations(folder) {
  const lock = join(folder, 'migration_lock.toml');
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : [];
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: existsSync(lock) ? readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(folder, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}
