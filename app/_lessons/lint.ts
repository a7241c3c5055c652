import { lstat } from 'node:fs/promises';
import { kernelFeatureNames } from '../../lab-agent/contract/features.ts';
import { podName } from '../../lab-agent/contract/names.ts';
import type { Position, Problem } from '../../lab-agent/contract/parse.ts';
import type { Topology } from '../../lab-agent/contract/topology.ts';
import { MAX_FIGURE_BYTES } from './check-markup.ts';
import { lintCheckNames } from './check-names.ts';
import { podNamed } from './command-target.ts';
import { below, courseFolder, lessonFolders, readText, topologyNames } from './content-files.ts';
import { Problems } from './problems.ts';
import { type ReadLesson, readLesson } from './read-lesson.ts';
import type { Sections } from './read-sections.ts';
import { readTranslation } from './read-translation.ts';
import { courseSchema } from './schema.ts';
import { didYouMean } from './suggest.ts';
import { readTopology } from './topology.ts';
import { languages } from './types.ts';
import { parseYaml, readYaml } from './yaml-source.ts';

export type LintReport = {
  files: number;
  lessons: number;
  checks: number;
  problems: { file: string; problem: Problem }[];
};

/** Looks at a whole course: every file, and whether lessons, topologies and translations fit each other. */
export async function lintCourse(course: string): Promise<LintReport> {
  const report: LintReport = { files: 0, lessons: 0, checks: 0, problems: [] };
  const add = (problems: Problems) => {
    report.files++;
    report.problems.push(...problems.sorted().map((problem) => ({ file: problems.source, problem })));
  };
  add(await lintCourseFile(course));
  const topologies = new Map<string, Topology | undefined>();
  for (const name of await topologyNames(course)) {
    const file = below(courseFolder(course), 'topologies', `${name}.yaml`);
    const problems = new Problems(file);
    const text = (await readText(file)) ?? '';
    topologies.set(
      name,
      problems.collect('', () => readTopology(text, file)),
    );
    add(problems);
  }
  for (const { folder } of await lessonFolders(course)) {
    const problems = new Problems(below(folder, 'lesson.mdx'));
    const text = await readText(problems.source);
    if (text === undefined) problems.add(undefined, '', 'this file is missing: a lesson folder holds lesson.mdx');
    const lesson = readLesson(text ?? '', problems);
    lintAgainstTopology(lesson, topologies, problems);
    lintSteps(lesson, problems);
    await lintPictures(lesson, folder, problems);
    report.lessons++;
    report.checks += lesson.steps.reduce((sum, step) => sum + step.checks.length, 0);
    add(problems);
    for (const language of languages) {
      const file = below(folder, `lesson.${language}.mdx`);
      const translated = language === 'en' ? undefined : await readText(file);
      if (translated === undefined) continue;
      const found = new Problems(file);
      readTranslation(translated, lesson, found);
      add(found);
    }
  }
  return report;
}

async function lintCourseFile(course: string): Promise<Problems> {
  const problems = new Problems(below(courseFolder(course), 'course.yaml'));
  const text = await readText(problems.source);
  if (text === undefined) problems.add(undefined, '', 'this file is missing: a course needs its title and summary');
  else problems.collect('', () => parseYaml(courseSchema, readYaml(text, problems.source)));
  return problems;
}

function lintAgainstTopology(
  lesson: ReadLesson,
  topologies: Map<string, Topology | undefined>,
  problems: Problems,
): void {
  const { frontMatter, sections, names } = lesson;
  if (!frontMatter) return;
  const inFront = (key: string): Position => {
    const line = sections.front?.text.split('\n').findIndex((l) => l.startsWith(`${key}:`)) ?? 0;
    return { line: (sections.front?.line ?? 0) + 1 + line, column: 1 };
  };
  for (const feature of frontMatter.needs) {
    if ((kernelFeatureNames as readonly string[]).includes(feature)) continue;
    problems.add(
      inFront('needs'),
      'needs',
      `unknown kernel feature "${feature}"; ${didYouMean(feature, kernelFeatureNames)}`,
    );
  }
  if (!topologies.has(frontMatter.topology)) {
    const advice = didYouMean(frontMatter.topology, [...topologies.keys()]);
    problems.add(inFront('topology'), 'topology', `there is no topologies/${frontMatter.topology}.yaml; ${advice}`);
  }
  const topology = topologies.get(frontMatter.topology);
  if (!topology) return;
  lintTargets(sections, topology, problems);
  for (const [check, named] of names) lintCheckNames(check.split('/')[1] ?? '', named, topology, problems);
}

/** Whether commands and solutions have a shell to be typed into. */
function lintTargets({ sections }: Sections, topology: Topology, problems: Problems): void {
  const all = Object.keys(topology.nodes);
  const shells = all.filter((name) => topology.nodes[name]?.shell ?? topology.nodes[name]?.kind === 'machine');
  for (const section of sections) {
    for (const { kind, argument, position } of section.blocks) {
      if ((kind !== 'sh' && kind !== 'solution') || shells.includes(argument)) continue;
      const pod = podNamed(argument);
      if (pod !== undefined) {
        const wrong = podProblem(pod, topology);
        if (wrong) problems.add(position, `${kind} ${argument}`, wrong);
        continue;
      }
      const reason = all.includes(argument)
        ? `the node "${argument}" has no shell`
        : `the topology has no node "${argument}"`;
      problems.add(position, `${kind} ${argument}`, `${reason}; ${didYouMean(argument, shells)}`);
    }
  }
}

function podProblem(pod: string, { cluster }: Topology): string | undefined {
  if (!cluster) return "a pod needs a cluster, and the lesson's topology has no `cluster:`";
  const read = podName.safeParse(pod);
  return read.success ? undefined : `${read.error.issues[0]?.message}, or pod/pod1 for one of \`default\``;
}

function lintSteps({ steps, sections }: ReadLesson, problems: Problems): void {
  steps.forEach((step, index) => {
    const position = sections.sections[index]?.position;
    const mustBeDone = step.checks.filter((check) => !check.keep);
    if (mustBeDone.length > 0 && step.solutions.length === 0) {
      problems.add(
        position,
        `step ${step.id}`,
        'a step with checks needs a solution: ```solution NODE with the commands that solve it',
      );
    }
    if (step.checks.length > 0 && mustBeDone.length === 0) {
      problems.add(
        position,
        `step ${step.id}`,
        'every check has `keep: true`, so the step is reached before anything is done',
      );
    }
    for (const id of [...step.checks, ...step.quizzes].map((block) => block.id)) {
      if (sections.sections.some((s) => s.id === id)) {
        problems.add(position, `step ${step.id}`, `"${id}" is the id of a step and of a block: give the block another`);
      }
    }
  });
}

async function lintPictures({ pictures }: ReadLesson, folder: string, problems: Problems): Promise<void> {
  for (const { src, position } of pictures) {
    const found = await lstat(below(folder, src)).catch(() => undefined);
    if (!found?.isFile()) problems.add(position, '', `there is no picture ${src} beside this file`);
    else if (found.size > MAX_FIGURE_BYTES) {
      problems.add(
        position,
        '',
        `${src} has ${Math.ceil(found.size / 1024)} KiB, more than ${MAX_FIGURE_BYTES / 1024}: it is sent with the page`,
      );
    }
  }
}
