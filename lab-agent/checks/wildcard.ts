/** Whether a name is what is wanted; `*` in it stands for any text. */
export function fitsWildcard(wanted: string, name: string): boolean {
  const parts = wanted.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return name === first;
  const last = parts.at(-1) as string;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  const end = name.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
