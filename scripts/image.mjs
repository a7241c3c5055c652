import { resolve } from 'node:path';
import { imageEnv, KEEP } from './launch/image.mjs';
import { installNpmPackages, npmPackagesAreInstalled } from './launch/npm-packages.mjs';
import { checkNode } from './launch/prepare.mjs';
import { asRoot } from './launch/privilege.mjs';
import { runFor, tool } from './launch/run.mjs';
import { main } from './launch/settings.mjs';

/** `npm run image -- COMMAND`: the images' own program, from its sources, as root and on the cache folder of whoever runs it. */
await main(async () => {
  checkNode();
  if (!npmPackagesAreInstalled()) await installNpmPackages();
  const [command, ...args] = process.argv.slice(2);
  const words = [command, ...args.map((argument) => fromHere(command, argument))].filter(Boolean);
  const argv = [process.execPath, tool('tsx'), 'lab-agent/image/cli.ts', ...words];
  // Ctrl-C reaches it as well: it ends what it started, and we end with it.
  process.on('SIGINT', () => undefined);
  const needsRoot = ['ensure', 'clean', 'export', 'import'].includes(command);
  const { code } = await runFor(needsRoot ? asRoot(argv, 'This', KEEP) : argv, { env: imageEnv(), stdio: 'inherit' });
  return code;
});

/** A file is named from where the person stands; npm changes to the repository. */
function fromHere(command, argument) {
  if (command === 'ensure' || /^https?:\/\//.test(argument)) return argument;
  return resolve(process.env.INIT_CWD ?? process.cwd(), argument);
}
