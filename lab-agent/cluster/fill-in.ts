import { HoplabError } from '../contract/errors.ts';

/** Fills `${NAME}` in a text. @throws HoplabError `internal` naming a variable that nobody gave */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new HoplabError('internal', `a template asks for \${${name}}, which nobody gave`);
    return value;
  });
}
