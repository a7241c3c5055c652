import { prepare } from './launch/prepare.mjs';
import { withScratchStack } from './launch/scratch.mjs';
import { main } from './launch/settings.mjs';
import { verify } from './launch/suites.mjs';

/** `npm run lessons:verify [-- LESSON …]`: plays lessons twice, each in a fresh lab of an agent of its own. */
await main(async () => {
  await prepare({ pages: false });
  const { failed } = await withScratchStack({ app: false }, (stack) => verify(stack, process.argv.slice(2)));
  return failed === 0 ? 0 : 1;
});
