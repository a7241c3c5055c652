import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { kindNames } from '../../lab-agent/contract/checks/index.ts';
import { withKindsTable } from './kinds-table.ts';

test("the authors' guide lists every kind as its schema is (else: npm run lessons:check -- --write-docs)", async () => {
  const guide = await readFile('docs/authors.md', 'utf8');
  expect(withKindsTable(guide)).toBe(guide);
  for (const kind of kindNames) expect(guide).toContain(`### \`${kind}\``);
});
