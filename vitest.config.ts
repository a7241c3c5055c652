import { defineConfig } from 'vitest/config';

/**
 * Two projects: `unit` runs anywhere in a second; `kernel` makes real namespaces, needs root and the node image, and one
 * file at a time, since labs share the machine. `npx vitest run --project unit lab-agent/checks` runs a part.
 */
const ours = ['lab-agent', 'app', 'scripts', 'prisma'];
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ours.map((folder) => `${folder}/**/*.test.{ts,tsx}`),
          exclude: ['**/*.kernel.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'kernel',
          include: ours.map((folder) => `${folder}/**/*.kernel.test.ts`),
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
