// The rules of one text compiled together: the path is looked at for all of them at once, then the methods and conditions of
// those it names are asked, in the order of the text [EXT-16, EXT-17].
import type { RuleSubject, RuleTrace } from '../core/index.js';
import { type JsonValues, jsonAgreement, readJsonBody } from './json-condition.js';
import { type QueryValues, queryAgreement, readQuery } from './query-condition.js';
import { PathPatterns } from './path-patterns.js';
import type { ParsedRule } from './rule.js';
import { type Agreement, compileValuePattern, type ValueMatcher } from './value-pattern.js';

/** Who asks: a permit wants every part of a rule to hold, a forbid is content with a part that may hold. */
export type Stance = 'permit' | 'forbid';

interface Condition {
  readonly kind: 'query' | 'json';
  readonly key: string;
  readonly matcher: ValueMatcher;
}

interface Rule {
  readonly text: string;
  readonly methods: readonly string[] | null;
  readonly conditions: readonly Condition[];
}

/** Compiled rules. Holds nothing of a request. */
export class CompiledRules {
  /** Bytes it may hold at worst. */
  readonly bytesMax: number;
  readonly #rules: readonly Rule[];
  readonly #paths: PathPatterns;
  readonly #jsonPaths: ReadonlySet<string>;

  constructor(parsed: readonly ParsedRule[]) {
    this.#rules = parsed.map(({ text, methods, conditions }) => ({
      text,
      methods,
      conditions: conditions.map(({ kind, key, value }) => ({ kind, key, matcher: compileValuePattern(value) })),
    }));
    this.#paths = new PathPatterns(parsed);
    const conditions = this.#rules.flatMap((rule) => rule.conditions);
    this.#jsonPaths = new Set(conditions.filter(({ kind }) => kind === 'json').map(({ key }) => key));
    this.bytesMax = conditions.reduce((sum, { matcher }) => sum + matcher.bytesMax, this.#paths.bytesMax);
  }

  /** The text of the first rule that matches, or null. May throw: the caller decides what that means. */
  match(subject: RuleSubject, stance: Stance): string | null {
    let reading: Reading | null = null;
    for (const index of this.#paths.match(subject)) {
      const rule = this.#ruleAt(index);
      if (!allowsMethod(rule, subject.method)) continue;
      if (rule.conditions.length === 0) return rule.text;
      reading ??= new Reading(subject, this.#jsonPaths);
      if (failedCondition(rule, reading, stance) === null) return rule.text;
    }
    return null;
  }

  /** Whether the answer for this method and path may depend on the body: not if a rule without conditions matches already. */
  needsBody(method: string, path: string, contextPath: string): boolean {
    if (this.#jsonPaths.size === 0) return false;
    const rules = this.#paths.match({ path, contextPath }).map((index) => this.#ruleAt(index));
    const candidates = rules.filter((rule) => allowsMethod(rule, method));
    if (candidates.some((rule) => rule.conditions.length === 0)) return false;
    return candidates.some((rule) => rule.conditions.some(({ kind }) => kind === 'json'));
  }

  /** Every rule with its answer: all near misses on demand [GW-20]. May throw, as `match` may. */
  trace(subject: RuleSubject, stance: Stance): readonly RuleTrace[] {
    const matching = new Set(this.#paths.match(subject));
    const reading = new Reading(subject, this.#jsonPaths);
    return this.#rules.map((rule, index) => {
      const failed = !allowsMethod(rule, subject.method)
        ? 'method'
        : !matching.has(index)
          ? 'path'
          : failedCondition(rule, reading, stance);
      return { rule: rule.text, isMatch: failed === null, failed };
    });
  }

  #ruleAt(index: number): Rule {
    const rule = this.#rules[index];
    if (rule === undefined) throw new RangeError(`the engine named rule ${index} of ${this.#rules.length}`);
    return rule;
  }
}

/** Query and body of one request, each read once and only if a condition asks. */
class Reading {
  readonly #subject: RuleSubject;
  readonly #jsonPaths: ReadonlySet<string>;
  #query: QueryValues | null | undefined;
  #body: JsonValues | null | undefined;

  constructor(subject: RuleSubject, jsonPaths: ReadonlySet<string>) {
    this.#subject = subject;
    this.#jsonPaths = jsonPaths;
  }

  agreement({ kind, key, matcher }: Condition): Agreement {
    if (kind === 'query') {
      if (this.#query === undefined) this.#query = readQuery(this.#subject.query);
      return queryAgreement(this.#query, key, matcher);
    }
    if (this.#body === undefined) this.#body = readJsonBody(this.#subject.body, this.#jsonPaths);
    return jsonAgreement(this.#body, key, matcher);
  }
}

function allowsMethod(rule: Rule, method: string): boolean {
  return rule.methods === null || rule.methods.includes(method);
}

/** The first kind of condition that fails, or null. */
function failedCondition(rule: Rule, reading: Reading, stance: Stance): 'query' | 'body' | null {
  for (const condition of rule.conditions) {
    const agreement = reading.agreement(condition);
    const holds = stance === 'permit' ? agreement === 'all' : agreement !== 'none';
    if (!holds) return condition.kind === 'query' ? 'query' : 'body';
  }
  return null;
}
