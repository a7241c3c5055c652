import { checkInnerMarkup, checkMarkup } from './check-markup.ts';
import { parseMarkdown } from './parse-markdown.ts';
import type { Problems } from './problems.ts';
import type { ReadLesson } from './read-lesson.ts';
import { type Block, readSections, type Section, type Sections } from './read-sections.ts';
import { translatedCheckSchema, translatedFrontMatterSchema, translatedQuizSchema } from './schema.ts';
import type { FrontMatter, LessonCheck, LessonQuiz, LessonStep } from './types.ts';
import { parseYaml, readYaml } from './yaml-source.ts';

export type Translation = { frontMatter: FrontMatter; steps: LessonStep[]; sections: Sections };

/**
 * Lays a translation over its original: prose, hints, misses and quiz texts are the translation's, everything else the
 * original's. A translation has the original's steps and blocks in the original's order, which is checked here.
 */
export function readTranslation(text: string, original: ReadLesson, problems: Problems): Translation | undefined {
  const tree = parseMarkdown(text, problems);
  if (!tree) return undefined;
  const sections = readSections(tree, problems);
  checkMarkup(tree, problems);
  const front = problems.collect('', () => {
    const yaml = readYaml(sections.front?.text ?? '', problems.source, sections.front?.line ?? 0);
    return parseYaml(translatedFrontMatterSchema, yaml);
  });
  const wanted = original.sections.sections;
  const drift = firstDifference(
    wanted.map((s) => s.id),
    sections.sections.map((s) => s.id),
  );
  if (drift !== undefined) {
    const [should, is] = [wanted[drift], sections.sections[drift]];
    const expected = should
      ? `the step {#${should.id}} of the original is wanted here`
      : 'the original has no such step';
    problems.add(
      is?.position ?? sections.sections.at(-1)?.position,
      is ? `step ${is.id}` : '',
      is ? expected : `the step {#${should?.id}} is missing after this one`,
    );
    return undefined;
  }
  const steps = sections.sections.map((section, index) => {
    return translateStep(section, {
      from: wanted[index] as Section,
      step: original.steps[index] as LessonStep,
      problems,
    });
  });
  if (!front || !original.frontMatter) return undefined;
  return { frontMatter: { ...original.frontMatter, ...front }, steps, sections };
}

type Original = { from: Section; step: LessonStep; problems: Problems };

function translateStep(section: Section, { from, step, problems }: Original): LessonStep {
  const name = (b: Block | undefined) => (b ? `${b.kind} ${b.argument}`.trim() : undefined);
  const drift = firstDifference(from.blocks.map(name), section.blocks.map(name));
  if (drift !== undefined) {
    const [should, is] = [name(from.blocks[drift]), name(section.blocks[drift])];
    const message = should ? `the original has \`\`\`${should} here` : `the original has no \`\`\`${is} here`;
    problems.add(section.blocks[drift]?.position ?? section.position, `step ${section.id}`, message);
    return step;
  }
  const translated: LessonStep = { ...step, title: section.title, hints: [], checks: [], quizzes: [] };
  section.blocks.forEach((block, index) => {
    const path = name(block) ?? '';
    if (block.kind === 'hint') {
      checkInnerMarkup(block.body, block.position.line, problems);
      translated.hints.push(block.body);
    } else if (block.kind === 'check') {
      const check = step.checks.find((c) => c.id === block.argument);
      if (check) translated.checks.push(problems.collect(path, () => translateCheck(block, check, problems)) ?? check);
    } else if (block.kind === 'quiz') {
      const quiz = step.quizzes.find((q) => q.id === block.argument);
      if (quiz) translated.quizzes.push(problems.collect(path, () => translateQuiz(block, quiz, problems)) ?? quiz);
    } else sameCommands(block, from.blocks[index] as Block, problems);
  });
  return translated;
}

/** Commands are the original's; comments may be translated, and a solution may be left to the original. */
function sameCommands(block: Block, original: Block, problems: Problems): void {
  const commands = (b: Block) =>
    b.body
      .split('\n')
      .filter((line) => !/^\s*(#|$)/.test(line))
      .map((line) => line.trim());
  if (block.kind === 'solution' && block.body.trim() === '') return;
  const [is, should] = [commands(block), commands(original)];
  const at = firstDifference(should, is);
  if (at === undefined) return;
  const message = `the commands differ from the original's: \`${should[at] ?? 'nothing more'}\` is wanted, found \`${is[at] ?? 'nothing more'}\``;
  problems.add(block.position, `${block.kind} ${block.argument}`, message);
}

function translateCheck(block: Block, check: LessonCheck, problems: Problems): LessonCheck {
  if (block.body.trim() === '') return check;
  const own = parseYaml(translatedCheckSchema, readYaml(block.body, problems.source, block.position.line));
  for (const key of ['says', 'miss'] as const) {
    const length = own[key]?.length ?? check.items.length;
    if (length === check.items.length) continue;
    problems.add(
      block.position,
      `check ${check.id}`,
      `the original has ${check.items.length} items, this \`${key}\` has ${length}: write a list with one each`,
    );
  }
  return {
    ...check,
    says: check.says.map((original, index) => own.says?.[index] ?? original),
    misses: check.misses.map((original, index) => own.miss?.[index] ?? original),
  };
}

function translateQuiz(block: Block, quiz: LessonQuiz, problems: Problems): LessonQuiz {
  if (block.body.trim() === '') return quiz;
  const own = parseYaml(translatedQuizSchema, readYaml(block.body, problems.source, block.position.line));
  if (own.options && own.options.length !== quiz.options?.length) {
    problems.add(
      block.position,
      `quiz ${quiz.id}`,
      `the original has ${quiz.options?.length ?? 0} options, this has ${own.options.length}`,
    );
  }
  if (own.answer && quiz.options) {
    problems.add(
      block.position,
      `quiz ${quiz.id}`,
      'which option is right is told by the original: leave `answer` out',
    );
  }
  const options = own.options ?? quiz.options;
  const answers = quiz.options
    ? quiz.answers.map((answer) => options?.[quiz.options?.indexOf(answer) ?? 0] ?? answer)
    : [...new Set([...quiz.answers, ...(own.answer ?? [])])];
  const explain = own.explain ?? quiz.explain;
  for (const text of [own.question, own.explain]) checkInnerMarkup(text ?? '', block.position.line, problems);
  return {
    ...quiz,
    question: own.question ?? quiz.question,
    answers,
    ...(options ? { options } : {}),
    ...(explain ? { explain } : {}),
  };
}

function firstDifference<T>(a: readonly T[], b: readonly T[]): number | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return undefined;
}
