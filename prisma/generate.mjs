// node prisma/generate.mjs   writes both schemas and both clients (generated/), unless they are up to date already.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { modelsFile, prismaFolder, providers, root, writeSchemas } from './schemas.mjs';

const require = createRequire(import.meta.url);
const prismaPackage = require.resolve('prisma/package.json');
const stampFile = join(root, 'generated', 'stamp');
const stamp = createHash('sha256')
  .update(readFileSync(modelsFile))
  .update(readFileSync(join(prismaFolder, 'schemas.mjs')))
  .update(JSON.parse(readFileSync(prismaPackage, 'utf8')).version)
  .digest('hex');

const clients = providers.map((provider) => join(root, 'generated', provider, 'client.ts'));
const upToDate = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && clients.every(existsSync);
if (!upToDate) {
  writeSchemas();
  const cli = join(dirname(prismaPackage), 'build/index.js');
  await Promise.all(
    providers.map((provider) =>
      promisify(execFile)(process.execPath, [cli, 'generate'], {
        cwd: root,
        env: { ...process.env, HOPLAB_SCHEMA: provider, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
      }),
    ),
  );
  writeFileSync(stampFile, stamp);
  console.log('database clients written');
}
