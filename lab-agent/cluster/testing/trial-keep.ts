import { clusterLab } from '/work/main/lab-agent/cluster/testing/trial-cluster.ts';

const { lab } = await clusterLab('kans');
console.log(lab.id);
process.exit(0);
