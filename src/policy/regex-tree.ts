// The syntax tree of a pattern, what it costs compiled, and the text the engine is given. The engine never sees what a user wrote, only
// what is printed from this tree: classes as the printable ASCII characters they stand for, no flags, no captures, no laziness (none of
// them changes whether the whole subject matches). So no construct can mean one thing to us and another to the engine.

/** Every character a judged text can hold: printable ASCII. */
export const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join('');

export type PatternTree =
  | { readonly kind: 'character'; readonly character: string }
  /** One of several printable ASCII characters, in their order; never empty. */
  | { readonly kind: 'set'; readonly members: string }
  | { readonly kind: 'edge'; readonly edge: '^' | '$' | '\\b' | '\\B' }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternTree[] }
  /** `max` null: without end. */
  | { readonly kind: 'repeat'; readonly part: PatternTree; readonly min: number; readonly max: number | null };

/** The instructions re2js will make of it, or a few more: beginning and end included. Known before the engine is asked [EXT-17]. */
export function estimateProgramSize(tree: PatternTree): number {
  return 2 + sizeOf(tree);
}

function sizeOf(tree: PatternTree): number {
  switch (tree.kind) {
    case 'character':
    case 'set':
    case 'edge':
      return 1;
    case 'sequence':
      return Math.max(
        1,
        tree.parts.reduce((sum, part) => sum + sizeOf(part), 0),
      );
    case 'choice':
      return tree.options.reduce((sum, option) => sum + sizeOf(option), tree.options.length - 1);
    case 'repeat':
      return repeatSize(tree.part, tree.min, tree.max);
    default:
      return tree satisfies never;
  }
}

function repeatSize(part: PatternTree, min: number, max: number | null): number {
  const size = sizeOf(part);
  if (max !== null) return Math.max(1, min * size + (max - min) * (size + 1));
  // A star is a loop; around a part that can be empty it is a loop and a way past it.
  if (min === 0) return size + (canBeEmpty(part) ? 2 : 1);
  return min * size + 1;
}

function canBeEmpty(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'character':
    case 'set':
      return false;
    case 'edge':
      return true;
    case 'sequence':
      return tree.parts.every(canBeEmpty);
    case 'choice':
      return tree.options.some(canBeEmpty);
    case 'repeat':
      return tree.min === 0 || canBeEmpty(tree.part);
    default:
      return tree satisfies never;
  }
}

/** How often the innermost part is written out: the product of nested counted repeats [EXT-17]. */
export function repeatProduct(tree: PatternTree): number {
  switch (tree.kind) {
    case 'character':
    case 'set':
    case 'edge':
      return 1;
    case 'sequence':
      return tree.parts.reduce((most, part) => Math.max(most, repeatProduct(part)), 1);
    case 'choice':
      return tree.options.reduce((most, option) => Math.max(most, repeatProduct(option)), 1);
    case 'repeat':
      return Math.max(1, tree.min, tree.max ?? 0) * repeatProduct(tree.part);
    default:
      return tree satisfies never;
  }
}

/** The one text the pattern stands for, or null when it stands for several or looks at its surroundings. */
export function literalText(tree: PatternTree): string | null {
  if (tree.kind === 'character') return tree.character;
  if (tree.kind !== 'sequence') return null;
  let text = '';
  for (const part of tree.parts) {
    if (part.kind !== 'character') return null;
    text += part.character;
  }
  return text;
}

/** The pattern for re2js. Characters must be printable ASCII. */
export function printPattern(tree: PatternTree): string {
  switch (tree.kind) {
    case 'character':
      return escaped(tree.character);
    case 'set':
      return printSet(tree.members);
    case 'edge':
      return tree.edge;
    case 'sequence':
      return tree.parts.map((part) => (part.kind === 'choice' ? `(?:${printPattern(part)})` : printPattern(part))).join('');
    case 'choice':
      return tree.options.map(printPattern).join('|');
    case 'repeat': {
      const part = printPattern(tree.part);
      const isOne = tree.part.kind === 'character' || tree.part.kind === 'set';
      return (isOne ? part : `(?:${part})`) + printCount(tree.min, tree.max);
    }
    default:
      return tree satisfies never;
  }
}

function printCount(min: number, max: number | null): string {
  if (max !== null) return min === max ? `{${min}}` : `{${min},${max}}`;
  return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
}

function printSet(members: string): string {
  let text = '';
  for (let start = 0; start < members.length; ) {
    let end = start;
    while (members.charCodeAt(end + 1) === members.charCodeAt(end) + 1) end++;
    text += escaped(members.charAt(start));
    if (end > start) text += `-${escaped(members.charAt(end))}`;
    start = end + 1;
  }
  return `[${text}]`;
}

function escaped(character: string): string {
  return /[A-Za-z0-9]/.test(character) ? character : `\\${character}`;
}
