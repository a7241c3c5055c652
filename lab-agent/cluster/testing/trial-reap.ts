import { imagePath } from '../../image/index.ts';
import { NamespacesProvider } from '../../providers/namespaces/index.ts';

const provider = new NamespacesProvider({ runDir: '/tmp/w-bird/run', image: imagePath().path, instance: 'bgptest' });
console.log(await provider.reap(new Set(process.argv.slice(2))));
