export { ensureImage } from './build.ts';
export { cleanOldImages, imagePath } from './cache.ts';
export { recipeHash } from './recipe.ts';
