import { ensureClusterImage } from './cluster-image.ts';

process.umask(0o022);
const r = await ensureClusterImage({
  onProgress: ({ fraction, stage }) => console.log(`${(fraction * 100).toFixed(0)} % ${stage}`),
});
console.log(r);
