import { testLabs } from '../../providers/testing/test-labs.ts';
import { readTopology, testTemplate } from './cluster-lab.ts';

/** Makes the template of a topology on this machine if it is not there, and prints where it is: for `npm run test:vm`. */
await using labs = testLabs();
console.log(await testTemplate(labs, readTopology(process.argv[2] ?? 'kans')));
