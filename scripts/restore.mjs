import { resolve } from 'node:path';
import { restore } from './launch/backup.mjs';
import { main, settings, Trouble } from './launch/settings.mjs';

/** `npm run restore -- FILE`: the learners' data from a backup; the data of today is kept beside it. */
await main(async () => {
  const file = process.argv[2];
  if (!file) throw new Trouble('Which backup?', 'npm run restore -- hoplab-2026-11-21T10-00-00.tar.gz');
  const { data } = settings();
  const aside = await restore(data, resolve(file));
  console.log(`${data} is restored.${aside ? ` What was there is now ${aside}.` : ''}`);
});
