import type { Root } from 'mdast';
import { checkInnerMarkup, checkMarkup, type Picture } from './check-markup.ts';
import type { CheckName } from './check-names.ts';
import { hashOf } from './content-files.ts';
import { parseMarkdown } from './parse-markdown.ts';
import type { Problems } from './problems.ts';
import { readCheck } from './read-check.ts';
import { type Block, readSections, type Section, type Sections } from './read-sections.ts';
import { frontMatterSchema, quizSchema } from './schema.ts';
import type { FrontMatter, LessonQuiz, LessonStep } from './types.ts';
import { parseYaml, readYaml } from './yaml-source.ts';

/** A lesson's original as read, with what the linter and the bundler need beside its data. */
export type ReadLesson = {
  frontMatter: FrontMatter | undefined;
  steps: LessonStep[];
  sections: Sections;
  pictures: Picture[];
  /** What checks name in the lab, by `step/check`. */
  names: Map<string, CheckName[]>;
  hash: string;
};

const EMPTY: Root = { type: 'root', children: [] };

/** Reads an original lesson; everything that is wrong is added to `problems`. It knows nothing of topologies. */
export function readLesson(text: string, problems: Problems): ReadLesson {
  const tree = parseMarkdown(text, problems);
  const sections = readSections(tree ?? EMPTY, problems);
  const names = new Map<string, CheckName[]>();
  const pictures = checkMarkup(tree ?? EMPTY, problems);
  const reading: Reading = { problems, names, pictures, seen: new Set() };
  return {
    frontMatter: tree && readFront(sections, problems),
    steps: sections.sections.map((section) => readStep(section, reading)),
    pictures,
    sections,
    names,
    hash: hashOf(text),
  };
}

function readFront({ front }: Sections, problems: Problems): FrontMatter | undefined {
  if (!front) {
    problems.add(
      { line: 1, column: 1 },
      '',
      'a lesson begins with front matter: `---`, title, summary, minutes, topology, objectives, `---`',
    );
    return undefined;
  }
  return problems.collect('', () => parseYaml(frontMatterSchema, readYaml(front.text, problems.source, front.line)));
}

type Reading = { problems: Problems; names: Map<string, CheckName[]>; pictures: Picture[]; seen: Set<string> };

function readStep(section: Section, { problems, names, pictures, seen }: Reading): LessonStep {
  const step: LessonStep = { id: section.id, title: section.title, checks: [], hints: [], solutions: [], quizzes: [] };
  for (const block of section.blocks) {
    const name = `${block.kind} ${block.argument}`.trim();
    if (block.kind === 'check' || block.kind === 'quiz') refuseTwice(block, name, seen, problems);
    if (block.body.trim() === '') problems.add(block.position, name, emptyBlock[block.kind]);
    else if (block.kind === 'hint') {
      pictures.push(...checkInnerMarkup(block.body, block.position.line, problems));
      step.hints.push(block.body);
    } else if (block.kind === 'solution') step.solutions.push({ node: block.argument, script: block.body });
    else if (block.kind === 'quiz') {
      const quiz = problems.collect(name, () => readQuiz(block, problems.source));
      if (!quiz) continue;
      for (const text of [quiz.question, quiz.explain ?? '']) {
        pictures.push(...checkInnerMarkup(text, block.position.line, problems));
      }
      step.quizzes.push(quiz);
    } else if (block.kind === 'check') {
      const read = problems.collect(name, () => readCheck(block, problems.source));
      if (read) step.checks.push(read.check);
      if (read) names.set(`${section.id}/${block.argument}`, read.names);
    }
  }
  return step;
}

const emptyBlock: Record<Block['kind'], string> = {
  sh: 'this block has no command',
  check: 'this check says nothing: write a kind with its parameters, e.g. `ping: { node: k8s-m, to: 11.11.11.3 }`',
  hint: 'this hint is empty',
  solution: 'this solution is empty: write the commands that solve the step',
  quiz: 'this quiz is empty: write `question:`, `options:` and `answer:`',
};

function refuseTwice(block: Block, name: string, seen: Set<string>, problems: Problems): void {
  if (seen.has(name)) problems.add(block.position, name, 'this id stands twice in this lesson');
  seen.add(name);
}

function readQuiz(block: Block, source: string): LessonQuiz {
  const { question, options, answer, explain } = parseYaml(
    quizSchema,
    readYaml(block.body, source, block.position.line),
  );
  return {
    id: block.argument,
    question,
    ...(options ? { options } : {}),
    answers: answer,
    many: options !== undefined && answer.length > 1,
    ...(explain ? { explain } : {}),
  };
}
