import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok } from './launch/doctor/finding.mjs';
import { images } from './launch/doctor/images.mjs';
import { kernel } from './launch/doctor/kernel.mjs';
import { limits } from './launch/doctor/limits.mjs';
import { machine } from './launch/doctor/machine.mjs';
import { nodeImage } from './launch/image.mjs';
import { main, root, settings } from './launch/settings.mjs';

/** `npm run doctor [-- --fix]`: one line per requirement, with how to mend it. Status 1 when something needed is missing. */
await main(async () => {
  const fix = process.argv.includes('--fix');
  const image = existsSync(join(root, 'dist', 'image.mjs')) ? await nodeImage() : undefined;
  const findings = [
    platform(),
    ...(await machine(settings())),
    ...(await images(image)),
    ...(await kernel(image)),
    ...limits(fix),
  ];
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, state, found, mend } of findings) {
    console.log(`${mark(state)} ${name.padEnd(width)}  ${found}${mend ? `\n  ${' '.repeat(width + 4)}→ ${mend}` : ''}`);
  }
  const count = (wanted) => findings.filter(({ state }) => state === wanted).length;
  console.log(`\n${count('ok')} in order, ${count('warn')} to look at, ${count('fail')} that keep Hoplab from working`);
  return count('fail') === 0 ? 0 : 1;
});

function platform() {
  if (process.platform !== 'linux')
    return fail('Linux', process.platform, 'Labs are Linux namespaces: use a Linux machine, or a virtual one');
  return ok('Linux', `${process.platform} on ${process.arch}`);
}

function mark(state) {
  const [text, colour] = { ok: ['ok  ', 32], warn: ['warn', 33], fail: ['FAIL', 31] }[state];
  return process.stdout.isTTY ? `\x1b[${colour}m${text}\x1b[0m` : text;
}
