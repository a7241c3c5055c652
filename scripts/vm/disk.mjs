import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLoud } from '../launch/run.mjs';

/**
 * The virtual machine's disk: an ext4 file made from folders of this machine, which are bound together in a mount namespace
 * that ends with mke2fs. No loop device, and no copy of the images before the one on the disk.
 */
const SIZE_BYTES = 8 * 1024 ** 3;

/**
 * @param {{ base: string, places: Record<string, string>, folder: string }} what `places`: what is seen on the disk, by where;
 *   `folder`: where the file is made
 * @returns {Promise<string>} the file
 */
export async function makeDisk({ base, places, folder }) {
  const file = join(folder, 'disk.ext4');
  rmSync(file, { force: true });
  writeFileSync(file, '');
  truncateSync(file, SIZE_BYTES);
  const script = join(folder, 'make-disk.sh');
  writeFileSync(script, makeScript(base, places, file));
  await runLoud(['unshare', '--mount', 'sh', '-eu', script], { hint: 'Is this disk full? It takes about 3 GB.' });
  return file;
}

/** All is bound onto the base in this mount namespace alone; mke2fs reads across. */
function makeScript(base, places, file) {
  const binds = Object.entries(places).flatMap(([place, from]) => [
    `[ ! -d '${from}' ] || mkdir -p '${base}${place}'`,
    `mount --bind '${from}' '${base}${place}'`,
  ]);
  // No journal and no checksums: nobody keeps this disk, and emulated processors are slow.
  const make = `mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -E lazy_itable_init=1 -m 0 -d '${base}' '${file}'`;
  return [...binds, `PATH=$PATH:/usr/sbin:/sbin exec ${make}`].join('\n');
}
