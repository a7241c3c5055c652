import { expect, test } from 'vitest';
import { type Topology, topologySchema } from '../contract/topology.ts';
import type { Lab } from './lab.ts';
import { Pool } from './pool.ts';

const cluster = { controlPlane: 'm', interface: 'eth0', podSubnet: '10.1.0.0/16' };
const topology = (title: string): Topology =>
  topologySchema.parse({ title, nodes: { m: {} }, cluster, limits: { memoryMb: 1024 } });
const lab = (of: Topology, more: object = {}): Lab =>
  ({ topology: of, phase: 'frozen', clusterIsReady: true, saved: { pooled: true }, ...more }) as unknown as Lab;
const GIB = 1024 ** 3;
const plenty = { total: 8 * GIB, available: 6 * GIB };

test('one lab is made for each topology that is in use, and found by the same topology only', () => {
  const pool = new Pool();
  const [a, b] = [topology('a'), topology('b')];
  pool.want(a);
  expect(pool.next([], plenty)?.topology).toEqual(a);
  expect(pool.next([lab(a)], plenty)).toBeUndefined();
  expect(pool.find([lab(a)], topology('a'))).toBeDefined();
  expect(pool.find([lab(a)], b)).toBeUndefined();
  expect(pool.find([lab(a, { clusterIsReady: false })], a)).toBeUndefined();
  expect(pool.find([lab(a, { saved: {} })], a)).toBeUndefined();
});

test('nothing is made while another lab comes up, or memory would be short', () => {
  const pool = new Pool();
  const a = topology('a');
  pool.want(a);
  expect(pool.next([lab(topology('b'), { phase: 'building' })], plenty)).toBeUndefined();
  expect(pool.next([lab(topology('b'), { phase: 'ready', clusterIsReady: false })], plenty)).toBeUndefined();
  expect(pool.next([], { total: 8 * GIB, available: 2 * GIB })).toBeUndefined();
});

test('labs that wait are given up when memory is short, and when nobody uses their topology any more', () => {
  const pool = new Pool();
  const a = topology('a');
  pool.want(a, 0);
  const waiting = lab(a);
  expect(pool.surplus([waiting], plenty, 1)).toEqual([]);
  expect(pool.surplus([waiting], { total: 8 * GIB, available: 0.5 * GIB }, 1)).toEqual([waiting]);
  expect(pool.surplus([waiting, lab(a, { saved: {} })], plenty, 25 * 3600_000)).toEqual([waiting]);
  expect(pool.next([], plenty, 25 * 3600_000)).toBeUndefined();
});
