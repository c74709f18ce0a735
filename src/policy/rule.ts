// One rule read and measured, not yet compiled: what it restricts, and the caps it must keep [EXT-17].
import { LIMITS, type Method } from '../core/index.js';
import { parseGlob } from './glob.js';
import { type ConditionPart, splitRule } from './rule-text.js';
import { PatternError } from './regex-cursor.js';
import { parsePattern } from './regex-syntax.js';
import { estimateProgramSize, literalText, printPattern } from './regex-tree.js';
import type { ValuePattern } from './value-pattern.js';

export interface ParsedRule {
  readonly text: string;
  /** null: every method [EXT-11]. */
  readonly methods: readonly Method[] | null;
  /** What the pattern is asked about: the path, or for a glob what lies below the context path [GW-24]. */
  readonly subject: 'path' | 'below-context';
  /** The pattern of the path as the engine takes it. */
  readonly path: string;
  readonly pathInstructions: number;
  readonly conditions: readonly ParsedCondition[];
  /** Estimated instructions of the path and of every condition. */
  readonly instructions: number;
}

export interface ParsedCondition {
  readonly kind: ConditionPart['kind'];
  readonly key: string;
  readonly value: ValuePattern;
}

/** Reads one trimmed rule. Throws PatternError that names what is wrong and where. */
export function parseRule(text: string): ParsedRule {
  if (text.length > LIMITS.ruleLengthMax)
    throw new PatternError(null, `it is ${text.length} characters long; ${LIMITS.ruleLengthMax} are allowed`);
  const parts = splitRule(text);
  const isGlob = parts.syntax === 'glob';
  const tree = isGlob ? parseGlob(text, parts.path) : parsePattern(text, parts.path, { place: 'path' });
  const pathInstructions = estimateProgramSize(tree);
  const conditions = parts.conditions.map((condition) => parseCondition(text, condition));
  const instructions = conditions.reduce((sum, { value }) => sum + sizeOf(value), pathInstructions);
  if (instructions > LIMITS.ruleProgramMax) {
    throw new PatternError(null, `it compiles to about ${instructions} instructions; ${LIMITS.ruleProgramMax} are allowed`);
  }
  const subject = isGlob ? 'below-context' : 'path';
  return { text, methods: parts.methods, subject, path: printPattern(tree), pathInstructions, conditions, instructions };
}

function parseCondition(rule: string, { kind, key, value }: ConditionPart): ParsedCondition {
  const tree = parsePattern(rule, value, { place: 'value' });
  const literal = literalText(tree);
  if (literal !== null) return { kind, key, value: { literal } };
  return { kind, key, value: { source: printPattern(tree), instructions: estimateProgramSize(tree) } };
}

/** Instructions of a condition's right side; a text needs no engine. */
export function sizeOf(value: ValuePattern): number {
  return 'literal' in value ? 0 : value.instructions;
}
