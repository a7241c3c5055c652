import { expect, test } from 'vitest';
import { InvalidInput } from '../../lab-agent/contract/parse.ts';
import { Problems } from './problems.ts';
import { readLesson } from './read-lesson.ts';
import { readTranslation } from './read-translation.ts';

const ORIGINAL = `---
title: Cables
summary: One cable.
minutes: 5
topology: one-machine
objectives: [Know a cable]
---
## One {#one}

\`\`\`sh k8s-m
ip link # look
\`\`\`
\`\`\`check red
ping: { node: k8s-m, to: 10.0.0.1 }
miss: No answer.
\`\`\`
\`\`\`quiz q
question: Which?
options: [left, right]
answer: right
\`\`\`
\`\`\`hint
Try.
\`\`\`
\`\`\`solution k8s-m
ip link set a up
\`\`\`

## Two {#two}
`;

const KOREAN = `---
title: 케이블
summary: 케이블 하나.
objectives: [케이블을 압니다]
---
## 하나 {#one}

\`\`\`sh k8s-m
ip link # look
\`\`\`
\`\`\`check red
says: 응답이 옵니다
miss: 응답이 없습니다.
\`\`\`
\`\`\`quiz q
question: 어느 쪽?
options: [왼쪽, 오른쪽]
\`\`\`
\`\`\`hint
해 보세요.
\`\`\`
\`\`\`solution k8s-m
\`\`\`

## 둘 {#two}
`;

function translate(korean: string) {
  const problems = new Problems('lesson.ko.mdx');
  const original = readLesson(ORIGINAL, new Problems('lesson.mdx'));
  const translation = readTranslation(korean, original, problems);
  problems.throwIfAny();
  return translation;
}

function drift(korean: string): string {
  try {
    translate(korean);
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  return '';
}

test('prose is the translation, what is looked at and typed is the original', () => {
  const [one] = translate(KOREAN)?.steps ?? [];
  expect(one).toMatchObject({
    title: '하나',
    hints: ['해 보세요.'],
    checks: [{ id: 'red', says: ['응답이 옵니다'], misses: ['응답이 없습니다.'], items: [{ kind: 'ping' }] }],
    quizzes: [{ question: '어느 쪽?', options: ['왼쪽', '오른쪽'], answers: ['오른쪽'] }],
    solutions: [{ node: 'k8s-m', script: 'ip link set a up' }],
  });
  expect(translate(KOREAN)?.frontMatter).toMatchObject({ title: '케이블', minutes: 5, topology: 'one-machine' });
});

test('drift from the original is told where it begins', () => {
  expect(drift(KOREAN.replace('{#two}', '{#zwei}'))).toMatchInlineSnapshot(
    `"lesson.ko.mdx:25:1: step zwei: the step {#two} of the original is wanted here"`,
  );
  expect(drift(KOREAN.replace(/## 둘.*\n/, ''))).toMatchInlineSnapshot(
    `"lesson.ko.mdx:6:1: the step {#two} is missing after this one"`,
  );
  expect(drift(KOREAN.replace('check red', 'check blue'))).toMatchInlineSnapshot(
    `"lesson.ko.mdx:11:1: step one: the original has \`\`\`check red here"`,
  );
  expect(drift(KOREAN.replace('ip link #', 'ip route #'))).toMatchInlineSnapshot(
    `"lesson.ko.mdx:8:1: sh k8s-m: the commands differ from the original's: \`ip link # look\` is wanted, found \`ip route # look\`"`,
  );
  expect(drift(KOREAN.replace('[왼쪽, 오른쪽]', '[왼쪽, 오른쪽, 위]'))).toMatchInlineSnapshot(
    `"lesson.ko.mdx:15:1: quiz q: the original has 2 options, this has 3"`,
  );
  expect(drift(KOREAN.replace('says: 응답이 옵니다', 'says: [하나, 둘]'))).toMatchInlineSnapshot(
    `"lesson.ko.mdx:11:1: check red: the original has 1 items, this \`says\` has 2: write a list with one each"`,
  );
  expect(drift(KOREAN.replace('miss: 응', 'ping: 응'))).toMatchInlineSnapshot(
    `"lesson.ko.mdx:13:1: check red: ping: unknown key "ping"; known here: says, miss"`,
  );
});
