import { prepare } from './launch/prepare.mjs';
import { main, Trouble } from './launch/settings.mjs';
import { ALL, QUICK, runSuites } from './launch/suites.mjs';

/** `npm test`: all suites, or those of `--only unit,kernel`. Its last line is `N passed, N failed`. */
await main(async () => {
  const names = only(process.argv.slice(2));
  await prepare({
    tests: names.includes('browser'),
    pages: names.includes('browser'),
    labs: names.some((name) => !QUICK.includes(name)),
  });
  const { passed, failed } = await runSuites(names);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

function only(args) {
  if (args.length === 0) return ALL;
  if (args[0] === '--only' && args.length === 2) return args[1].split(',');
  throw new Trouble(`Unknown: ${args.join(' ')}`, `Usage: npm test -- [--only ${ALL.join(',')}]`);
}
