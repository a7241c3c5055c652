import { prepare } from './launch/prepare.mjs';
import { main } from './launch/settings.mjs';
import { QUICK, runSuites } from './launch/suites.mjs';

/** `npm run check`: format, lint, types, unit tests and the lint of lessons. Needs no root and no lab. */
await main(async () => {
  await prepare({ labs: false });
  const { passed, failed } = await runSuites(QUICK);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
