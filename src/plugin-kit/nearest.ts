// "Did you mean …": the known name nearest to a misspelt one.

/** The known name closest in spelling, case aside; null when none is close. */
export function nearestName(name: string, known: readonly string[]): string | null {
  let nearest: string | null = null;
  let nearestDistance = 3;
  for (const candidate of known) {
    const distance = editDistance(name.slice(0, 60).toLowerCase(), candidate.toLowerCase());
    if (distance < nearestDistance) [nearest, nearestDistance] = [candidate, distance];
  }
  return nearest;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(source: string, target: string): number {
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (const [sourceIndex, character] of [...source].entries()) {
    const next = [sourceIndex + 1];
    for (let index = 1; index <= target.length; index += 1) {
      const replaced = (row[index - 1] ?? 0) + (character === target.charAt(index - 1) ? 0 : 1);
      next.push(Math.min(replaced, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
