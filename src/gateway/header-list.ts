// Header fields as one flat list of names and values, the form in which nothing is merged, and what node:http wants instead.

/** `[name, value]` pairs of a flat list. */
export function headerPairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let index = 0; index < flat.length; index += 2) list.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return list;
}

/** An object with lower-case names; a name that is there several times has a list. */
export function headerObject(flat: readonly string[]): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = {};
  for (const [name, value] of headerPairs(flat)) {
    const key = name.toLowerCase();
    const before = object[key];
    object[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return object;
}
