import { defineConfig } from 'prisma/config';

const provider = process.env.HOPLAB_SCHEMA ?? 'sqlite';
// `prisma generate` never runs the schema engine, but would download it first: any file that exists stops that.
if (process.argv.includes('generate')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: `prisma/${provider}/schema.prisma`,
  migrations: { path: `prisma/${provider}/migrations` },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
