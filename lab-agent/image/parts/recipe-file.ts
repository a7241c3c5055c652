import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type * as z from 'zod';
import { InvalidInput, parse } from '../../contract/parse.ts';
import { recipeFolder } from '../recipe.ts';

/** A recipe's file as its author knows it: `lab-agent/image/images/nginx/image.json`. */
export const sourceName = (file: string): string => relative(join(recipeFolder(), '..', '..'), file);

/** Reads a recipe's JSON. @throws InvalidInput that names the file, every problem, and the keys that there are */
export function readRecipe<S extends z.ZodObject>(schema: S, file: string): z.output<S> {
  const source = sourceName(file);
  const keys = `Its keys: ${Object.keys(schema.shape).join(', ')}.`;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidInput(source, [{ path: '', message: `is not JSON: ${(error as Error).message}` }], keys);
  }
  try {
    return parse(schema, json, source);
  } catch (error) {
    throw error instanceof InvalidInput ? new InvalidInput(source, error.problems, keys) : error;
  }
}
