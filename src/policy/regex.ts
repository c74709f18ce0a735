// The engine, behind one function: re2js, whose time is linear in the subject whatever the pattern (docs/decisions/0008). Patterns come
// from printPattern alone. One pattern and two hundred take the same way: a second way for "many" is how gates were passed before
// (CVE-2026-27588).
import { RE2JS, RE2Set } from 're2js';
import { LIMITS } from '../core/index.js';

/** Several patterns compiled into one automaton. */
export interface PatternSet {
  /** Bytes it may hold at worst, states made while matching included. */
  readonly bytesMax: number;
  /** Indices of the patterns that match the whole of `subject`, in rising order. */
  match(subject: string): readonly number[];
}

// Measured on 20 usual rules: an instruction takes about 220 bytes, its share of the automaton's states about 260; six times that is
// granted. Past the grant the engine drops its states and makes them anew, and where that does not pay it goes on without them.
const BYTES_PER_INSTRUCTION = 220;
const STATE_BYTES_PER_INSTRUCTION = 1_536;
const STATE_BYTES_MIN = 16_384;

/** Instructions of one compiled pattern: what the estimate is held against [EXT-17]. Throws when re2js refuses the pattern. */
export function programSize(pattern: string): number {
  return RE2JS.compile(pattern).programSize();
}

/**
 * Compiles patterns for whole matches. `instructions` is their estimated size, which decides the memory; `stateBytesMax` sets the bound
 * of the states kept between matches by hand.
 */
export function compilePatterns(
  patterns: readonly string[],
  instructions: number,
  stateBytesMax = grantedStates(instructions),
): PatternSet {
  const set = new RE2Set(RE2Set.ANCHOR_BOTH, 0, stateBytesMax);
  for (const pattern of patterns) set.add(pattern);
  set.compile();
  return { bytesMax: stateBytesMax + instructions * BYTES_PER_INSTRUCTION, match: (subject) => set.match(subject) };
}

function grantedStates(instructions: number): number {
  return Math.min(LIMITS.ruleStatesBytesMax, Math.max(STATE_BYTES_MIN, instructions * STATE_BYTES_PER_INSTRUCTION));
}
