import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { backUp } from './launch/backup.mjs';
import { main, settings, Trouble } from './launch/settings.mjs';

/** `npm run backup [-- FILE]`: one file with the learners' data, also while Hoplab runs. */
await main(async () => {
  if (process.env.DATABASE_URL) {
    throw new Trouble(
      'The learners’ data is in PostgreSQL (DATABASE_URL).',
      'Back it up with its own tool: pg_dump "$DATABASE_URL" > hoplab.sql',
    );
  }
  const { data } = settings();
  const file = resolve(process.argv[2] ?? `hoplab-${new Date().toISOString().slice(0, 19).replace(/:/g, '-')}.tar.gz`);
  await backUp(data, file);
  console.log(
    `${file} (${Math.ceil(statSync(file).size / 1024)} KiB). It holds the secret of sessions: keep it private.`,
  );
});
