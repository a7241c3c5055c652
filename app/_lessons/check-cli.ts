/** `npm run lessons:check`: looks at every lesson and topology and tells all that is wrong. Runs nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import { formatProblem } from '../../lab-agent/contract/parse.ts';
import { courseNames } from './content-files.ts';
import { withKindsTable } from './kinds-table.ts';
import { lintCourse } from './lint.ts';

const AUTHORS_GUIDE = 'docs/authors.md';

async function main(): Promise<number> {
  if (process.argv.includes('--write-docs')) {
    await writeFile(AUTHORS_GUIDE, withKindsTable(await readFile(AUTHORS_GUIDE, 'utf8')));
    console.log(`${AUTHORS_GUIDE} holds the kinds of checks as their schemas are now.`);
    return 0;
  }
  let wrong = 0;
  for (const course of await courseNames()) {
    const { files, lessons, checks, problems } = await lintCourse(course);
    for (const { file, problem } of problems) console.log(formatProblem(file, problem));
    wrong += problems.length;
    const verdict = problems.length === 0 ? 'all well' : `${problems.length} to mend`;
    console.log(`${course}: ${files} files, ${lessons} lessons, ${checks} checks: ${verdict}`);
  }
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
