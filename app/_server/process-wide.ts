/**
 * Makes a value once per process. server.ts and Next's bundles are separate module graphs, so a module's own variable
 * would be there twice; a rejected promise is forgotten, so that the next caller tries again.
 */
export function processWide<T>(name: string, make: () => T): T {
  const store = globalThis as unknown as Record<symbol, T | undefined>;
  const key = Symbol.for(`hoplab.${name}`);
  const made = store[key];
  if (made !== undefined) return made;
  const value = make();
  store[key] = value;
  if (value instanceof Promise) {
    value.catch(() => {
      store[key] = undefined;
    });
  }
  return value;
}
