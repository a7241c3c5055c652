import type { Code, Root, RootContent } from 'mdast';
import { type Content, element } from './element.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { Problems } from './problems.ts';
import type { Block, Section, Sections } from './read-sections.ts';
import type { Lesson, LessonStep } from './types.ts';

/**
 * The tree that is bundled: steps and acting blocks become the components of types.ts. What a learner may not see yet
 * (solutions, answers, explanations, what a check looks at) is left out here, so it can be in no page.
 */
export function lessonTree(sections: Sections, lesson: Lesson): Root {
  const steps = sections.sections.map((section, index) => {
    return stepElement(section, { step: lesson.steps[index] as LessonStep, number: index + 1, file: lesson.file });
  });
  return { type: 'root', children: [...sections.intro, ...steps] };
}

type Around = { step: LessonStep; number: number; file: string };

function stepElement(section: Section, around: Around): RootContent {
  const blocks = new Map<Code, Block>(section.blocks.map((block) => [block.node, block]));
  const counts = { sh: 0, hint: 0, solution: 0 };
  const children = section.nodes.flatMap((node): RootContent[] => {
    const block = node.type === 'code' ? blocks.get(node) : undefined;
    return block ? [blockElement(block, counts, around)] : [node];
  });
  const { id, title } = around.step;
  return element('Step', { id, number: around.number, title }, children as Content[]);
}

function blockElement(
  block: Block,
  counts: { sh: number; hint: number; solution: number },
  around: Around,
): RootContent {
  const { step, file } = around;
  const { argument: id, kind } = block;
  const prose = (text: string) => (parseMarkdown(text, new Problems(file))?.children ?? []) as Content[];
  switch (kind) {
    case 'sh':
      return element('CommandBlock', { step: step.id, index: counts.sh++, node: id, command: block.body });
    case 'check': {
      const check = step.checks.find((c) => c.id === id);
      return element('CheckBlock', { step: step.id, id, count: check?.items.length ?? 0, keep: check?.keep ?? false });
    }
    case 'hint':
      return element('Hint', { step: step.id, index: counts.hint++, total: step.hints.length }, prose(block.body));
    case 'solution':
      return element('Solution', { step: step.id, index: counts.solution++, node: id });
    case 'quiz': {
      const quiz = step.quizzes.find((q) => q.id === id);
      return element(
        'Quiz',
        { step: step.id, id, options: quiz?.options, many: quiz?.many ?? false },
        prose(quiz?.question ?? ''),
      );
    }
  }
}
