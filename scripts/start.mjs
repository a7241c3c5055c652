import { tendClusterImage } from './launch/cluster-image.mjs';
import { claimedByOther, takeOver } from './launch/instance.mjs';
import { choosePort, holderOf } from './launch/ports.mjs';
import { prepare } from './launch/prepare.mjs';
import { isRoot } from './launch/privilege.mjs';
import { main, settings } from './launch/settings.mjs';
import { startStack } from './launch/stack.mjs';

/** `npm start`, and `npm run dev` with --dev: everything from a fresh clone to a page that can be opened. */
await main(async () => {
  const dev = process.argv.includes('--dev');
  const { data, run, host, port } = settings();
  const other = claimedByOther(data);
  if (other) {
    console.log(`Hoplab already runs from this folder (process ${other.pid}): ${other.url ?? 'it is still starting'}`);
    return 0;
  }
  const image = await prepare({ pages: !dev, cluster: false });
  const left = await takeOver(data);
  if (left.length > 0)
    console.log(`Took over from a start that was killed: its ${left.join(' and ')} ended, its labs go on.`);
  if (!isRoot())
    console.log('The agent makes namespaces and networks, which needs root: it alone runs by sudo, the app as you.');
  const free = await choosePort(port, host);
  if (free !== port)
    console.log(
      `Port ${port} is taken by ${(await holderOf(port)) ?? 'another program'}; using ${free}. (HOPLAB_PORT chooses.)`,
    );

  const signal = untilSignal();
  const stack = await startStack({
    dataDir: data,
    runDir: run,
    host,
    port: free,
    contentDir: process.env.HOPLAB_CONTENT,
    dev,
    onTrouble: (text) => console.error(text),
  });
  console.log(
    `\nHoplab is ready: ${stack.url}\n  learners' data  ${data}\n  logs            ${data}/logs\nCtrl-C stops it and removes all labs.`,
  );
  const images = tendClusterImage({ image: image.cluster, dataDir: data, say: (text) => console.log(text) });
  await signal;
  console.log('\nStopping: ending the app, removing labs …');
  await Promise.all([images.stop(), stack.stop()]);
  console.log('Stopped; nothing is left.');
  return 0;
});

/** Resolves at the first Ctrl-C or SIGTERM; a second one does not wait for labs to be removed: the next start does that. */
function untilSignal() {
  return new Promise((resolve) => {
    let times = 0;
    const onSignal = () => {
      times += 1;
      if (times === 1) resolve();
      if (times === 2) console.log('Once more, and it ends without removing its labs: the next start removes them.');
      if (times >= 3) process.exit(1);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  });
}
