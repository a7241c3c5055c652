import * as z from 'zod';

const sentence = z.string().trim().min(1);

/** The head of `lesson.mdx`. */
export const frontMatterSchema = z.strictObject({
  title: sentence.describe('The name of the lesson.'),
  summary: sentence.describe('One or two sentences for the course page.'),
  minutes: z.int().min(1).max(600).describe('How long it takes, in minutes.'),
  topology: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "the name of a file of the course's topologies/, without .yaml, is wanted")
    .describe("A file of the course's `topologies/`, without `.yaml`."),
  needs: z
    .array(z.string().min(1))
    .default([])
    .describe('Kernel features that the lab needs, as `npm run doctor` names them.'),
  objectives: z.array(sentence).min(1).describe('What a learner can do afterwards.'),
});

/** The head of a translation: prose only, the rest is the original's. */
export const translatedFrontMatterSchema = frontMatterSchema
  .pick({ title: true, summary: true, objectives: true })
  .extend({
    standsIn: z.array(sentence).min(1).optional().describe("The topology's `standsIn` in this language."),
  });

const courseText = { title: sentence, summary: sentence };

/** `course.yaml`. The order of lessons is in the numbers of their folders. */
export const courseSchema = z.strictObject({
  ...courseText,
  ko: z.strictObject(courseText).optional().describe('The same in Korean.'),
});

const oneOrMore = z.union([sentence, z.array(sentence).min(1)]).transform((a) => (Array.isArray(a) ? a : [a]));

/** The body of a `quiz ID` block. */
export const quizSchema = z
  .strictObject({
    question: sentence.describe('Markdown.'),
    options: z.array(sentence).min(2).optional().describe('Choices; without them the learner types an answer.'),
    answer: oneOrMore.describe('The right option, or a list when several must be chosen; else the accepted answers.'),
    explain: sentence.optional().describe('Markdown, shown once answered rightly.'),
  })
  .superRefine(({ options, answer }, context) => {
    for (const text of options ? answer : []) {
      if (options?.includes(text)) continue;
      context.addIssue({ code: 'custom', path: ['answer'], message: `"${text}" is not one of the options` });
    }
    if (options && new Set(options).size < options.length) {
      context.addIssue({ code: 'custom', path: ['options'], message: 'an option stands twice' });
    }
  });

/** A quiz in a translation: prose, and options in the original's order. Typed answers may be added to. */
export const translatedQuizSchema = z.strictObject({
  question: sentence.optional(),
  options: z.array(sentence).min(2).optional(),
  answer: oneOrMore.optional(),
  explain: sentence.optional(),
});

const oneForEach = z.union([sentence, z.array(sentence.nullable())]).transform((m) => (Array.isArray(m) ? m : [m]));

/** A check in a translation: only its words and hints; lists of them for a check of several items. */
export const translatedCheckSchema = z.strictObject({ says: oneForEach.optional(), miss: oneForEach.optional() });
