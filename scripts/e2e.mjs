import { prepare } from './launch/prepare.mjs';
import { withScratchStack } from './launch/scratch.mjs';
import { main } from './launch/settings.mjs';
import { playwright, TEST_LIMITS } from './launch/suites.mjs';

/** `npm run e2e [-- PLAYWRIGHT ARGUMENTS]`: the browser tests on an app and an agent of their own. */
await main(async () => {
  await prepare({ tests: true });
  const { passed, failed } = await withScratchStack({ env: TEST_LIMITS }, (stack) =>
    playwright(stack, process.argv.slice(2)),
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
