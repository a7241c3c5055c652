import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { InvalidInput } from '../../contract/parse.ts';
import { recipeFolder } from '../recipe.ts';
import { readRecipe, sourceName } from './recipe-file.ts';

/**
 * Container images: `images/NAME/image.json` says what one consists of, `images/NAME/layer/` holds files of ours for it.
 * Adding an image is adding a folder.
 */
const imageSchema = z.strictObject({
  /** Its names, as pods ask for it: `docker.io/library/nginx:latest`. None: it is a base for others only. */
  names: z
    .array(z.string().regex(/^[a-z0-9.-]+\/[a-z0-9._/-]+:[A-Za-z0-9._-]+$/, 'REGISTRY/NAME:TAG is wanted'))
    .default([]),
  /** Another folder of images/, whose layers it begins with. */
  from: z.string().optional(),
  /** Debian packages that it adds. */
  packages: z.array(z.string()).default([]),
  /** Path in the image → what is copied there: PART/PROGRAM, PART/files/NAME, or node:/path of the node image. */
  copy: z.record(z.string().startsWith('/'), z.string()).default({}),
  /** Path in the image → where the link leads. */
  links: z.record(z.string().startsWith('/'), z.string()).default({}),
  /** A program of the image that is run once in it, with its arguments. */
  run: z.array(z.string()).default([]),
  /** Folders that any user of the image may write to. */
  writable: z.array(z.string().startsWith('/')).default([]),
  /** Paths that are removed from what `copy` brought. */
  without: z.array(z.string().startsWith('/')).default([]),
  /** The image's configuration (image-spec, config.md): Entrypoint, Cmd, Env, User, ExposedPorts … */
  config: z.record(z.string(), z.unknown()).default({}),
});
export type ImageRecipe = z.output<typeof imageSchema> & { folder: string; name: string };

export const imageRecipesFolder = (): string => join(recipeFolder(), 'images');
const fileOf = (name: string): string => join(imageRecipesFolder(), name, 'image.json');

const ONE_NAME = 'A name belongs to one image: remove it here or there, or give it another tag.';

/** All recipes by their folder's name. @throws InvalidInput that names the file */
export function imageRecipes(): Map<string, ImageRecipe> {
  const folders = readdirSync(imageRecipesFolder()).filter((name) => existsSync(fileOf(name)));
  const recipes = new Map<string, ImageRecipe>();
  const claimed = new Map<string, string>();
  for (const name of folders.sort()) {
    const recipe = { ...readRecipe(imageSchema, fileOf(name)), folder: join(imageRecipesFolder(), name), name };
    for (const full of recipe.names) {
      const other = claimed.get(full);
      if (other) throw recipeProblem(recipe, 'names', `${full} is the name of images/${other} already`, ONE_NAME);
      claimed.set(full, name);
    }
    recipes.set(name, recipe);
  }
  return recipes;
}

/** The recipe that one begins with. @throws InvalidInput when there is no such base */
export function baseOf(recipe: ImageRecipe, recipes: ReadonlyMap<string, ImageRecipe>): ImageRecipe {
  const base = recipes.get(recipe.from as string);
  if (base && base.from === undefined) return base;
  const known = [...recipes.values()].filter(({ from, name }) => from === undefined && name !== recipe.name);
  const hint = `Bases are images without a base of their own: ${known.map(({ name }) => name).join(', ')}.`;
  throw recipeProblem(recipe, 'from', `"${recipe.from}" is no base image`, hint);
}

export const recipeProblem = ({ name }: ImageRecipe, path: string, message: string, hint = ''): InvalidInput =>
  new InvalidInput(sourceName(fileOf(name)), [{ path, message }], hint);
