import * as z from 'zod';
import { readObject, readObjects } from './api-objects.ts';
import type { Runner } from './registry.ts';
import type { Parameters } from './resolve.ts';
import { nearestName } from './round.ts';
import { instead, list } from './text.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

const PATH = '/apis/crd.projectcalico.org/v1/ippools';

/** Calico leaves out what is as its defaults say. */
const poolShape = z.object({
  spec: z.object({
    cidr: z.string(),
    ipipMode: z.string().default('Never'),
    vxlanMode: z.string().default('Never'),
    natOutgoing: z.boolean().default(false),
    blockSize: z.number().default(26),
    disabled: z.boolean().default(false),
    nodeSelector: z.string().default('all()'),
  }),
});
const named = z.object({ metadata: z.object({ name: z.string() }) });

export const checkIppool: Runner<'ippool'> = async (round, params) => {
  const wanted = settingsOf(params);
  const expected = `the IP pool ${params.name} ${wanted.length === 0 ? 'exists' : `has ${list(wanted.map(text), '', 9)}`}`;
  const read = await readObject(round, `${PATH}/${params.name}`, poolShape);
  if (!read.ok) return unseen(expected, read);
  if (!read.data) {
    const others = await readObjects(round, PATH, named);
    const names = others.ok ? others.data.map((pool) => pool.metadata.name) : [];
    return notMet(expected, `there is no such pool${instead(names)}`, nearestName(params.name, names));
  }
  const { spec } = read.data;
  const wrong = wanted.filter(([key, value]) => spec[key] !== value).map(([key]): Setting => [key, spec[key]]);
  if (wrong.length > 0) return notMet(expected, `it has ${list(wrong.map(text), '', 9)}`);
  return met(expected, wanted.length === 0 ? `it exists, with ${text(['cidr', spec.cidr])}` : expected);
};

type Settings = z.output<typeof poolShape>['spec'];
type Setting = [keyof Settings, Settings[keyof Settings]];

function settingsOf({ name: _, ...settings }: Parameters<'ippool'>): Setting[] {
  return Object.entries(settings).flatMap(([key, value]): Setting[] =>
    value === undefined ? [] : [[key as keyof Settings, value]],
  );
}

const text = ([key, value]: Setting): string => `${key} ${value}`;
