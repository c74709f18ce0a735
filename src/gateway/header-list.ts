// Header fields as one flat list of names and values, the form in which nothing is merged, and as node:http wants trailers.

/** `[name, value]` pairs of a flat list. */
export function headerPairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let index = 0; index < flat.length; index += 2) list.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return list;
}
