import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BgpLab } from './bgp-lab.ts';

/** For tests: what Calico's confd makes of a folder of templates, on a node, from the cluster as it is. Nothing is reloaded. */
const FILES = ['bird.cfg', 'bird_aggr.cfg', 'bird_ipam.cfg', 'bird6.cfg', 'bird6_aggr.cfg', 'bird6_ipam.cfg'];

/** `name` is a folder of the node, seen by calico-node too; what it held before is gone. */
export async function renderTemplates(kans: BgpLab, node: string, name: string, confd: string): Promise<string> {
  const folder = `/run/calico/compare/${name}`;
  const write = ['conf.d', 'templates'].flatMap((part) =>
    readdirSync(join(confd, part))
      .filter((file) => /^bird/.test(file))
      .map((file) => `base64 -d > ${folder}/${part}/${file} <<'EOF'\n${encoded(join(confd, part, file))}\nEOF`),
  );
  await kans.type(
    node,
    [`rm -rf ${folder}`, `mkdir -p ${folder}/conf.d ${folder}/templates ${folder}/config`, ...write].join('\n'),
  );
  const render = [
    `cd ${folder}`,
    '[ -e conf.d/bird6.toml ] || templates-for-ipv6 .',
    // Written beside the templates, and no BIRD is told.
    `sed -i -e "s,/etc/calico/confd,${folder}," -e "/_cmd =/d" conf.d/*.toml`,
    `confd -onetime -confdir ${folder} > log 2>&1`,
    `cd config && cat ${FILES.join(' ')}`,
  ];
  return kans.inside(node, `sh -ec '${render.join('; ')}'`);
}

function encoded(file: string): string {
  return readFileSync(file).toString('base64');
}
