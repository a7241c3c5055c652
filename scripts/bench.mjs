import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { benchRows, table } from './launch/bench-table.mjs';
import { prepare } from './launch/prepare.mjs';
import { runFor, tool } from './launch/run.mjs';
import { withScratchStack } from './launch/scratch.mjs';
import { main, root, Trouble } from './launch/settings.mjs';
import { agentEnv } from './launch/suites.mjs';

/**
 * `npm run bench [-- NAME …]`: runs bench/*.bench.ts one after another, each on a fresh app and agent, and prints one table.
 * A number that misses its target is shown, and is no failure; a bench that crashes is.
 */
const LIMITS = { HOPLAB_MAX_LABS: '200', HOPLAB_MAX_LABS_PER_LEARNER: '200' };

await main(async () => {
  const wanted = process.argv.slice(2);
  const files = readdirSync(join(root, 'bench'))
    .filter((name) => name.endsWith('.bench.ts'))
    .sort();
  const chosen = files.filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)));
  if (chosen.length === 0)
    throw new Trouble(`There is no bench ${wanted.join(', ')}.`, `There is: ${files.join(', ')}`);
  await prepare({ tests: true });
  const rows = [];
  const crashed = [];
  for (const file of chosen) {
    console.log(`${file} …`);
    const { code, stdout, stderr } = await withScratchStack(
      { env: { ...LIMITS, HOPLAB_POOL: file.startsWith('pool') ? '1' : '0' } },
      (stack) =>
        runFor([tool('tsx'), `bench/${file}`], {
          env: {
            ...agentEnv(stack),
            HOPLAB_TEST_URL: stack.url,
            HOPLAB_TEST_DATA: stack.dataDir,
            HOPLAB_TEST_PIDS: JSON.stringify(stack.pids()),
          },
        }),
    );
    rows.push(...benchRows(stdout));
    if (code !== 0) {
      crashed.push(file);
      console.error(`${stdout}\n${stderr}\n${file} crashed with status ${code}`);
    }
  }
  console.log(`\n${table(rows)}`);
  return crashed.length === 0 ? 0 : 1;
});
