import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createElement, type ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bundleLesson, listCourses, loadCourse, loadLesson } from './index.ts';
import { getMDXComponent } from './mdx-component.ts';

let root: string;
const LESSON = `---
title: Cables
summary: One cable.
minutes: 5
topology: lab
objectives: [Know a cable]
---
Go to <NODE>.

## First \`veth\` {#veth}

| a | b |
|---|---|
| 1 | 2 |

<Callout kind="tip" title="So">

inside *it*

</Callout>

<Figure src="cable.svg" alt="a cable" />

\`\`\`sh k8s-m
echo "{a}" <b> \${HOME}
\`\`\`
\`\`\`check red
ping: { node: k8s-m, to: 10.9.8.7 }
miss: secret-miss
\`\`\`
\`\`\`hint
Think of \`ip <NODE>\`.
\`\`\`
\`\`\`quiz q
question: Is it **up**?
options: [left, right]
answer: right
explain: secret-explanation
\`\`\`
\`\`\`quiz typed
question: How many?
answer: secret-answer
\`\`\`
\`\`\`solution k8s-m
secret-solution
\`\`\`
`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hoplab-content-'));
  vi.stubEnv('HOPLAB_CONTENT', root);
  for (const folder of ['tests/020-cables', 'tests/010-first', 'tests/topologies']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await writeFile(join(root, 'tests/course.yaml'), 'title: T\nsummary: S\nko: { title: 티, summary: 에스 }\n');
  await writeFile(join(root, 'tests/020-cables/lesson.mdx'), LESSON);
  await writeFile(join(root, 'tests/020-cables/cable.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(root, 'tests/010-first/lesson.mdx'), LESSON.replace(/<Figure.*/, '').replace('Cables', 'First'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

test('a bundled lesson renders its blocks as components, and keeps its secrets', async () => {
  const { code } = await bundleLesson('tests', 'cables', 'en');
  expect(code).not.toMatch(/secret-|10\.9\.8\.7/);
  const names = ['Step', 'CommandBlock', 'CheckBlock', 'Hint', 'Solution', 'Quiz', 'Callout', 'Figure', 'Topology'];
  const show = (name: string) => (properties: { children?: ReactNode }) => {
    const { children, ...rest } = properties;
    return createElement('i', { 'data-x': `${name} ${JSON.stringify(rest)}` }, children);
  };
  const components = Object.fromEntries(names.map((name) => [name, show(name)]));
  const html = renderToStaticMarkup(createElement(getMDXComponent(code), { components })).replaceAll('&quot;', '"');
  expect(html.replace(/base64,[^"]*/, 'base64,…')).toMatchInlineSnapshot(`
    "<p>Go to &lt;NODE&gt;.</p>
    <i data-x="Step {"id":"veth","number":1,"title":"First veth"}"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table><i data-x="Callout {"kind":"tip","title":"So"}"><p>inside <em>it</em></p></i><i data-x="Figure {"src":"data:image/svg+xml;base64,…","alt":"a cable"}"></i><i data-x="CommandBlock {"step":"veth","index":0,"node":"k8s-m","command":"echo \\"{a}\\" &lt;b&gt; \${HOME}"}"></i><i data-x="CheckBlock {"step":"veth","id":"red","count":1,"keep":false}"></i><i data-x="Hint {"step":"veth","index":0,"total":1}"><p>Think of <code>ip &lt;NODE&gt;</code>.</p></i><i data-x="Quiz {"step":"veth","id":"q","options":["left","right"],"many":false}"><p>Is it <strong>up</strong>?</p></i><i data-x="Quiz {"step":"veth","id":"typed","many":false}"><p>How many?</p></i><i data-x="Solution {"step":"veth","index":0,"node":"k8s-m"}"></i></i>"
  `);
});

test('courses list their lessons by number, and say when a language is missing', async () => {
  const course = await loadCourse('tests', 'ko');
  expect(course).toMatchObject({ slug: 'tests', title: '티', lessons: [{ slug: 'first' }, { slug: 'cables' }] });
  expect(await listCourses()).toMatchObject([{ title: 'T' }]);
  expect(await loadLesson('tests', 'cables', 'ko')).toMatchObject({ fallback: true, language: 'ko' });
});

test('a changed file is read again, and names from a URL lead nowhere else', async () => {
  const before = (await bundleLesson('tests', 'first', 'en')).code;
  await writeFile(
    join(root, 'tests/010-first/lesson.mdx'),
    LESSON.replace(/<Figure.*/, '').replace('Go to', 'Come to'),
  );
  expect((await bundleLesson('tests', 'first', 'en')).code).not.toBe(before);
  await expect(loadLesson('../etc', 'first')).rejects.toMatchObject({ code: 'not-found' });
  await expect(loadLesson('tests', 'nothing')).rejects.toThrowErrorMatchingInlineSnapshot(
    `[HoplabError: There is no lesson "nothing" in the course "tests".]`,
  );
});
