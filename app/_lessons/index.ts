/**
 * Lessons as data: courses, lessons, topologies, and the bundle that the page shows.
 * Knows nothing of learners, labs or the screen.
 */
export { type BundledLesson, bundleLesson } from './bundle.ts';
export { listCourses, loadCourse, loadLesson, loadTopology } from './load.ts';
export * from './types.ts';
