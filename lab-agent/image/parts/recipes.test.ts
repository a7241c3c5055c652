import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HoplabError } from '../../contract/errors.ts';
import { clusterRecipe } from './cluster-image.ts';
import { componentNames, componentPart, toolsPart } from './components.ts';
import { imageRecipes } from './image-recipe.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hoplab-recipes-test-'));
  cpSync('lab-agent/image', join(root, 'lab-agent/image'), { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const at = (path: string): string => join(root, 'lab-agent/image', path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}
/** From here on the copy is the recipe. */
const useCopy = () => vi.stubEnv('HOPLAB_ROOT', root);

function hashes(): Map<string, string> {
  const { parts, assembly } = clusterRecipe();
  return new Map([...parts, assembly].map(({ name, hash }) => [name, hash]));
}

/** The parts that a change would build again. */
function rebuilt(change: () => void): string[] {
  const before = hashes();
  change();
  return [...hashes()].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name);
}

const layersThat = (
  uses: (recipe: { copy: Record<string, string>; packages: string[]; from?: string | undefined }) => boolean,
) => [...imageRecipes().values()].filter(uses).map(({ name }) => `layer-${name}`);

function problem(look: () => unknown): string {
  try {
    look();
  } catch (error) {
    if (error instanceof HoplabError) return `${error.message}\n→ ${error.hint}`;
    throw error;
  }
  throw new Error('there was no problem');
}

test('a part that did not change keeps its hash, and what is made from one that did gets another', () => {
  useCopy();
  const sum = () => write('components/coredns/go.sum', `${read('components/coredns/go.sum')}\n`);
  expect(rebuilt(sum)).toEqual(['component-coredns', 'layer-coredns', 'store', 'cluster-image']);

  const tools = ['tools', ...layersThat(({ copy }) => Object.values(copy).some((from) => from.startsWith('tools/')))];
  expect(rebuilt(() => write('tools/cmd/whoami/more.go', 'package main\n'))).toEqual([
    ...tools,
    'store',
    'cluster-image',
  ]);
  expect(rebuilt(() => write('tools/cmd/whoami/more_test.go', 'package main\n'))).toEqual([]);

  const nginx = () => write('images/nginx/layer/etc/motd', 'hello\n');
  expect(rebuilt(nginx)).toEqual(['layer-nginx', 'store', 'cluster-image']);

  const named = () => write('images/nginx/image.json', read('images/nginx/image.json').replace(':latest"', ':newest"'));
  expect(rebuilt(named)).toEqual(['store', 'cluster-image']);

  const onDebian = ['layer-debian', ...layersThat(({ from }) => from === 'debian')].sort();
  const base = () =>
    write('images/debian/image.json', read('images/debian/image.json').replace('"procps"', '"procps", "file"'));
  expect(rebuilt(base).sort()).toEqual([...onDebian, 'store', 'cluster-image'].sort());

  expect(rebuilt(() => write('cluster-files/etc/new', 'x'))).toEqual(['cluster-image']);
  expect(rebuilt(() => chmodSync(at('cluster-files/etc/new'), 0o755))).toEqual(['cluster-image']);
  expect(rebuilt(() => chmodSync(at('cluster-files/etc/new'), 0o775))).toEqual([]);
  expect(rebuilt(() => write('scripts/finish-cluster-node.sh', 'true\n'))).toEqual(['cluster-image']);
  expect(rebuilt(() => write('scripts/make-store.sh', 'true\n'))).toEqual(['store', 'cluster-image']);
  const derived = layersThat(({ packages, from }) => packages.length > 0 && from !== undefined);
  expect(rebuilt(() => write('scripts/derive.sh', 'true\n'))).toEqual(
    expect.arrayContaining(['cluster-node', ...derived]),
  );

  const node = () => write('cluster-packages.txt', `${read('cluster-packages.txt')}\nfile\n`);
  expect(rebuilt(node)).toEqual(expect.arrayContaining(['cluster-node', 'layer-busybox', 'store', 'cluster-image']));
  expect(rebuilt(() => write('packages.txt', `${read('packages.txt')}\nfile\n`))).toContain('cluster-node');
});

test('a change that is undone brings the old hashes back', () => {
  useCopy();
  const text = read('images/nginx/image.json');
  const undone = rebuilt(() => {
    write('images/nginx/image.json', text.replace('"packages": [', '"packages": ["file", '));
    write('images/nginx/image.json', text);
  });
  expect(undone).toEqual([]);
});

test('the images and components of this repository fit, each under names of its own', () => {
  const names = [...imageRecipes().values()].flatMap((recipe) => recipe.names);
  expect(names).toEqual(
    expect.arrayContaining(['docker.io/library/nginx:latest', 'docker.io/nicolaka/netshoot:latest']),
  );
  expect(names.filter((name) => name.startsWith('quay.io/calico/')).length).toBeGreaterThanOrEqual(3);
  const parts = [...componentNames().map(componentPart), toolsPart()];
  for (const { name, provides } of parts) expect([name, provides?.length]).not.toEqual([name, 0]);
  expect(toolsPart().provides).toEqual(expect.arrayContaining(['birdctl', 'tunl0', 'whoami']));
  const { parts: all } = clusterRecipe();
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

const image = (json: unknown) =>
  write('images/mine/image.json', typeof json === 'string' ? json : JSON.stringify(json));

test('what is wrong in image.json is told with its file and what to write instead', () => {
  useCopy();
  image('{ "names": [ }');
  expect(problem(clusterRecipe)).toMatch(
    /^lab-agent\/image\/images\/mine\/image\.json: is not JSON: .*\n→ Its keys: names, /,
  );
  image({ names: ['mine'], package: ['curl'], copy: { bin: 'tools/whoami' } });
  expect(problem(clusterRecipe)).toMatchInlineSnapshot(`
    "lab-agent/image/images/mine/image.json: names.0: REGISTRY/NAME:TAG is wanted, got "mine"
    lab-agent/image/images/mine/image.json: copy.bin: Invalid key in record, got "bin"
    lab-agent/image/images/mine/image.json: package: unknown key "package"
    → Its keys: names, from, packages, copy, links, run, writable, without, config."
  `);
  image({ names: ['docker.io/me/mine:1'], from: 'ubuntu' });
  expect(problem(clusterRecipe)).toMatch(
    /from: "ubuntu" is no base image\n→ Bases are images without .*: busybox, .*debian/,
  );
  image({ from: 'nginx' });
  expect(problem(clusterRecipe)).toMatch(/from: "nginx" is no base image/);
  image({ copy: { '/bin/x': 'kubernetez/kubectl' } });
  expect(problem(clusterRecipe)).toMatch(
    /copy: kubernetez\/kubectl: there is no part "kubernetez"\n→ Parts: .*kubernetes, .*node:/,
  );
  image({ copy: { '/bin/x': 'etcd/etcdutl' } });
  expect(problem(clusterRecipe)).toMatchInlineSnapshot(`
    "lab-agent/image/images/mine/image.json: copy: etcd/etcdutl: etcd has no etcdutl
    → It has: etcd, etcdctl."
  `);
  image({ copy: { '/x': 'calico/files/nothing/here' } });
  expect(problem(clusterRecipe)).toMatch(/calico has no files\/nothing/);
  image({ names: ['docker.io/library/nginx:latest'] });
  expect(problem(clusterRecipe)).toMatchInlineSnapshot(`
    "lab-agent/image/images/nginx/image.json: names: docker.io/library/nginx:latest is the name of images/mine already
    → A name belongs to one image: remove it here or there, or give it another tag."
  `);
});

test('what is wrong in component.json is told as well', () => {
  useCopy();
  write('components/mine/component.json', '{ "seconds": "long", "program": {} }');
  expect(problem(clusterRecipe)).toMatchInlineSnapshot(`
    "lab-agent/image/components/mine/component.json: seconds: expected number, received string
    lab-agent/image/components/mine/component.json: programs: expected record, received undefined
    lab-agent/image/components/mine/component.json: program: unknown key "program"
    → Its keys: seconds, ldflags, programs, files, module."
  `);
  write('components/mine/component.json', '{ "seconds": 1, "programs": {}, "files": { "a": "b" } }');
  expect(problem(clusterRecipe)).toMatchInlineSnapshot(`
    "lab-agent/image/components/mine/component.json: files: there is no "module" that they are in
    → Name the Go module whose files they are."
  `);
});
