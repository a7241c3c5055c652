export { ensureImage } from './build.ts';
export { imagePath } from './cache.ts';
export { clusterImageIsBuilt, clusterImagePath, ensureClusterImage } from './parts/cluster-image.ts';
export { recipeHash } from './recipe.ts';
