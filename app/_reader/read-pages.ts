import { headers } from 'next/headers';
import { type Course, type Language, listCourses } from '../_lessons/index.ts';
import { type CourseProgress, readProgress, readReached } from '../_progress/read.ts';
import { database } from '../_server/database.ts';
import { currentLearner } from '../_server/session.ts';

/** What the pages need to know of the learner who looks at them. Somebody unknown has simply reached nothing yet. */
export type CourseWithProgress = { course: Course; progress: CourseProgress };

const nothing: CourseProgress = { lessons: {}, lastPlace: undefined };

/** All courses with what the learner has reached in each. @throws InvalidInput when a lesson's files are wrong */
export async function readCourses(language: Language): Promise<CourseWithProgress[]> {
  const [courses, learner] = await Promise.all([listCourses(language), learnerId()]);
  return Promise.all(courses.map(async (course) => ({ course, progress: await progressOf(learner, course.slug) })));
}

export async function readCourseProgress(course: string): Promise<CourseProgress> {
  return progressOf(await learnerId(), course);
}

/** The steps of a lesson that the learner has ever reached. */
export async function readLessonReached(course: string, lesson: string): Promise<string[]> {
  const userId = await learnerId();
  return userId ? readReached(await database(), { userId, course, lesson }) : [];
}

async function learnerId(): Promise<string | undefined> {
  return (await currentLearner(new Headers(await headers())))?.id;
}

async function progressOf(userId: string | undefined, course: string): Promise<CourseProgress> {
  return userId ? readProgress(await database(), userId, course) : nothing;
}
