import type { ComponentType } from 'react';
import * as React from 'react';
import * as jsxRuntime from 'react/jsx-runtime';

// biome-ignore lint/suspicious/noExplicitAny: each component of the page has properties of its own (types.ts)
type Components = Record<string, ComponentType<any>>;

/**
 * Turns a bundled lesson into a component, on the server. mdx-bundler's own client is not used: Next loads it as an
 * external package, with a second React in which hooks fail.
 */
export function getMDXComponent(code: string): ComponentType<{ components?: Components }> {
  return new Function('React', '_jsx_runtime', code)(React, jsxRuntime).default;
}
