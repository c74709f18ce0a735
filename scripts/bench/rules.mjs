// The rules of the token that is measured.

/** A rule that matches what is measured, behind as many that do not. */
export function rules(count) {
  const others = Array.from({ length: count - 1 }, (_, index) => `[get].*/PROJ-${index}/.*`);
  return [...others, '[get,post].*/rest/api/2/issue/KANBAN-[0-9]{1,6}(/.*)?'].join('\n');
}
