import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const prismaFolder = dirname(fileURLToPath(import.meta.url));
export const root = dirname(prismaFolder);
export const providers = ['sqlite', 'postgresql'];
export const modelsFile = join(prismaFolder, 'models.prisma');

/** Writes prisma/PROVIDER/schema.prisma from the one set of models: Prisma allows one database per schema. */
export function writeSchemas() {
  const models = readFileSync(modelsFile, 'utf8');
  for (const provider of providers) {
    mkdirSync(join(prismaFolder, provider), { recursive: true });
    writeFileSync(
      join(prismaFolder, provider, 'schema.prisma'),
      `// written by prisma/generate.mjs from prisma/models.prisma
generator client {
  provider = "prisma-client"
  output   = "../../generated/${provider}"
}

datasource db {
  provider = "${provider}"
}

${models}`,
    );
  }
}
