import { defineConfig } from 'vitest/config';

/**
 * Three projects: `unit` runs anywhere in a second; `kernel` makes real namespaces, needs root and the node image, and one
 * file at a time, since labs share the machine; `vm` speaks to an agent in an emulated machine (`npm run test:vm`).
 * `npx vitest run --project unit lab-agent/checks` runs a part.
 */
const ours = ['lab-agent', 'app', 'scripts', 'prisma'];
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Nothing here waits for anything but the processor, which a busy machine may not give at once.
          testTimeout: 30_000,
          include: ours.map((folder) => `${folder}/**/*.test.{ts,tsx}`),
          exclude: ['**/*.kernel.test.ts', '**/*.vm.test.ts', '**/node_modules/**'],
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
      {
        test: {
          name: 'vm',
          include: ['lab-agent/**/*.vm.test.ts'],
          fileParallelism: false,
          // Emulated processors are some twenty times slower, and what takes long is followed by the tests themselves.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
