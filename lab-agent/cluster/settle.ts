/**
 * A cluster's programs wake up by themselves again and again, Felix a hundred times in a second (felix/calc/async_calc_graph.go
 * of Calico). Once everything is ready their timers may be late, so that the kernel wakes them once for many: half of what an
 * idle cluster costs. What comes by the network or from the kernel is as quick as before. containerd is left out, since
 * containers would have it from there. A program that is started again begins without it; only Felix sets its own, by the same
 * figure in its run script, since it starts again whenever its configuration changes.
 */
export const TICKING = [
  'kubelet',
  'etcd',
  'kube-apiserver',
  'kube-scheduler',
  // The controller manager, and Calico's kube-controllers.
  'kube-controller',
  'kube-proxy',
  'coredns',
  'calico-felix',
  'confd',
] as const;
/** A person does not notice it. */
export const LATE_NS = 50_000_000;
