import * as z from 'zod';
import { type ApiPath, readApiPath, resources } from '../contract/checks/resources.ts';
import type { Verdict } from '../contract/verdict.ts';
import { readObject, readObjects } from './api-objects.ts';
import { fieldProblem, wantedField } from './object-fields.ts';
import { tooSlow } from './pattern.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf } from './resolve.ts';
import { nearestName, type Round } from './round.ts';
import { instead, list } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet } from './verdicts.ts';

type Parameters = ParametersOf<'object'>;

const anyObject = z.looseObject({ metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }) });
type AnyObject = z.output<typeof anyObject>;
const conditions = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() })),
  }),
});

export const checkObject: Runner<'object'> = async (round, params) => {
  const at = pathOf(params);
  return at.name === undefined ? checkList(round, params, at) : checkOne(round, params, { ...at, name: at.name });
};

async function checkOne(round: Round, params: Parameters, at: ApiPath & { name: string }): Promise<Verdict> {
  const name = `${singular(at.resource)} ${at.name}${inNamespace(at)}`;
  const expected = `the ${name} ${wantedText(params)}`;
  const read = await readObject(round, urlOf(at), anyObject);
  if (!read.ok) return unseen(expected, read);
  if (!read.data) return missing(round, expected, name, at);
  const problems = problemsOf(read.data, params);
  if (problems.tooSlow !== undefined) return broken(expected, tooSlow(problems.tooSlow));
  if (problems.found.length > 0) return notMet(expected, `of the ${name}: ${problems.found.join('; ')}`);
  return met(expected, `the ${name} ${wantedText(params)}`);
}

async function missing(round: Round, expected: string, name: string, at: ApiPath & { name: string }): Promise<Verdict> {
  const others = await readObjects(round, urlOf({ ...at, name: undefined }), anyObject);
  const names = others.ok ? others.data.map((o) => o.metadata.name) : [];
  const near = nearestName(at.name, names);
  return notMet(expected, `there is no ${name}${instead(names)}`, near);
}

async function checkList(round: Round, params: Parameters, at: ApiPath): Promise<Verdict> {
  const labels = params.labels === undefined ? '' : ` with labels ${params.labels}`;
  const what = `${at.resource}${labels}${inNamespace(at)}`;
  const number = params.count === undefined ? 'at least one' : `${params.count}`;
  const expected = `${number} of the ${what} ${wantedText(params, params.count)}`;
  const query = params.labels === undefined ? '' : `?labelSelector=${encodeURIComponent(params.labels)}`;
  const read = await readObjects(round, urlOf(at) + query, anyObject);
  if (!read.ok) return unseen(expected, read);
  const judged = read.data.map((object) => ({ name: object.metadata.name, problems: problemsOf(object, params) }));
  const slow = judged.find((j) => j.problems.tooSlow !== undefined)?.problems.tooSlow;
  if (slow !== undefined) return broken(expected, tooSlow(slow));
  const fitting = judged.filter((j) => j.problems.found.length === 0).map((j) => j.name);
  const observed = observation(what, fitting, judged.length);
  const enough = params.count === undefined ? fitting.length > 0 : fitting.length === params.count;
  if (enough) return met(expected, observed);
  const other = judged.find((j) => j.problems.found.length > 0);
  return notMet(expected, observed, other && `${other.name}: ${other.problems.found.join('; ')}`);
}

function observation(what: string, fitting: readonly string[], all: number): string {
  if (all === 0) return `there are no ${what}`;
  return `${fitting.length} of ${all} ${what} ${fitting.length === 1 ? 'fits' : 'fit'}${fitting.length > 0 ? `: ${list(fitting, '')}` : ''}`;
}

/** Everything about an object that is not as wanted; or the pattern that does not come to an end. */
function problemsOf(object: AnyObject, { where, condition }: Parameters): { found: string[]; tooSlow?: string } {
  const found: string[] = [];
  for (const [field, wanted] of Object.entries(where ?? {})) {
    const problem = fieldProblem(object, field, wanted);
    if (problem === 'too-slow') return { found, tooSlow: String(wanted) };
    if (problem !== undefined) found.push(problem);
  }
  const unmet = condition === undefined ? undefined : conditionProblem(object, condition);
  return { found: unmet === undefined ? found : [...found, unmet] };
}

function conditionProblem(object: AnyObject, condition: string): string | undefined {
  const [type = '', wanted = 'True'] = condition.split('=');
  const all = conditions.safeParse(object).data?.status.conditions ?? [];
  const has = all.find((c) => c.type === type);
  if (!has)
    return `there is no condition ${type} yet; it has: ${list(
      all.map((c) => c.type),
      'none',
    )}`;
  if (has.status === wanted) return undefined;
  return `the condition ${type} is ${has.status}${has.reason ? ` (${has.reason})` : ''}`;
}

function wantedText({ where, condition }: Parameters, several = 1): string {
  const one = several === 1;
  const fields = Object.entries(where ?? {}).map(([field, wanted]) => wantedField(field, wanted));
  const has = fields.length === 0 ? [] : [`${one ? 'exists' : 'exist'} ${list(fields, '', 9)}`];
  const [type, status] = condition?.split('=') ?? [];
  if (type !== undefined)
    has.push(status ? `${one ? 'has' : 'have'} ${type} ${status}` : `${one ? 'is' : 'are'} ${type}`);
  return list(has, one ? 'exists' : 'exist');
}

function pathOf({ path, resource = '', namespace, name }: Parameters): ApiPath {
  const written = path === undefined ? undefined : readApiPath(path);
  if (written) return written;
  const known = resources.get(resource);
  if (!known) throw new Error(`there is no resource ${resource}`);
  const own = namespace === '*' ? undefined : (namespace ?? 'default');
  return { base: known.base, resource, name, namespace: known.namespaced ? own : undefined };
}

function urlOf({ base, namespace, resource, name }: ApiPath): string {
  return [
    base,
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined ? [] : [name]),
  ].join('/');
}

const inNamespace = ({ namespace }: ApiPath): string =>
  namespace === undefined || namespace === 'default' ? '' : ` in the namespace ${namespace}`;

/** `networkpolicies` is many, `networkpolicy` is one. */
function singular(resource: string): string {
  if (resource === 'endpoints') return resource;
  return resource.replace(/(ie)?s$/, (_all, ie?: string) => (ie ? 'y' : '')).replace(/sse$/, 'ss');
}
