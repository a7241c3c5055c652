import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small course of the gateway's tests, so that no change of a real lesson breaks them. */
export function writeFixtureCourse(content: string): void {
  const lesson = join(content, 'fixture', '010-names');
  mkdirSync(lesson, { recursive: true });
  mkdirSync(join(content, 'fixture', 'topologies'), { recursive: true });
  writeFileSync(join(content, 'fixture', 'course.yaml'), 'title: Fixture\nsummary: For tests.\n');
  writeFileSync(join(content, 'fixture', 'topologies', 'one.yaml'), 'title: One machine\nnodes:\n  m1: {}\n');
  writeFileSync(join(lesson, 'lesson.mdx'), LESSON);
}

const LESSON = `---
title: Names
summary: Two namespaces.
minutes: 1
topology: one
needs: []
objectives: [Make namespaces]
---

## Make RED {#red}
Make it.

\`\`\`check red-exists
namespace: { node: m1, name: RED }
miss: There is no RED yet.
\`\`\`
\`\`\`solution m1
ip netns add RED
\`\`\`

## Make BLUE {#blue}
And this.

\`\`\`check blue-exists
namespace: { node: m1, name: BLUE }
\`\`\`
\`\`\`check red-stays
namespace: { node: m1, name: RED }
keep: true
\`\`\`
\`\`\`solution m1
for n in BLUE; do
  ip netns add $n
done
\`\`\`

## Done {#done}
Read this.
`;
