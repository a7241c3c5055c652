import * as z from 'zod';

/**
 * The keys that a schema knows at a path, so that an unknown key's error can name what would have been right.
 * Looks through optional, default, transform, union and record; empty where any key may stand.
 */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [key, ...rest] = path;
  if (key === undefined) return [...new Set(shapes(schema).flatMap((shape) => Object.keys(shape)))];
  return [...new Set(children(schema, key).flatMap((child) => knownKeys(child, rest)))];
}

function children(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  return alternatives(schema).flatMap((s) => {
    if (s instanceof z.ZodObject) return s.shape[String(key)] ? [s.shape[String(key)] as z.core.$ZodType] : [];
    if (s instanceof z.ZodRecord) return [s.valueType];
    if (s instanceof z.ZodArray) return [s.element];
    return [];
  });
}

function shapes(schema: z.core.$ZodType): Record<string, unknown>[] {
  return alternatives(schema).flatMap((s) => (s instanceof z.ZodObject ? [s.shape as Record<string, unknown>] : []));
}

/** The schemas that a value may be held against once wrappers are taken off. */
export function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodPipe) return alternatives(schema.in);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => alternatives(option));
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return alternatives(schema.unwrap());
  }
  return [schema];
}
