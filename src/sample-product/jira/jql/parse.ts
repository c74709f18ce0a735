// JQL's grammar, as far as the sample knows it: clauses joined by AND, OR and NOT, and an order [PRD-4].
import { LIMITS } from '../../../core/index.js';
import { jqlFault, type Token, tokensOf } from './tokens.js';

export type Operator = '=' | '!=' | '~' | '!~' | 'in' | 'not in' | 'is' | 'is not' | '<' | '<=' | '>' | '>=';

export type Operand =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'function'; readonly name: string };

export type Clause =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Clause[] }
  | { readonly kind: 'not'; readonly part: Clause }
  | { readonly kind: 'term'; readonly field: string; readonly operator: Operator; readonly operands: readonly Operand[] };

export interface Query {
  /** null: every issue. */
  readonly where: Clause | null;
  readonly orderBy: readonly { readonly field: string; readonly isDescending: boolean }[];
}

/** The query in this text. Throws 400 with the place of the first thing that does not fit. */
export function parseQuery(jql: string): Query {
  return new Parser(tokensOf(jql)).query();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #terms = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  query(): Query {
    const isOrderOnly = this.#isWord('order') || this.#peek().kind === 'end';
    const where = isOrderOnly ? null : this.#any();
    const orderBy = this.#takeWord('order') ? this.#order() : [];
    if (this.#peek().kind !== 'end') throw this.#unexpected("either 'OR' or 'AND'");
    return { where, orderBy };
  }

  #any(): Clause {
    return this.#joined('any', 'or', () => this.#joined('all', 'and', () => this.#not()));
  }

  #joined(kind: 'all' | 'any', word: string, part: () => Clause): Clause {
    const first = part();
    const parts = [first];
    while (this.#takeWord(word)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #not(): Clause {
    this.#depth += 1;
    if (this.#depth > LIMITS.sampleQueryDepthMax) throw jqlFault('The query is nested too deeply.', this.#peek().column);
    const clause = this.#takeWord('not') ? ({ kind: 'not', part: this.#not() } as const) : this.#group();
    this.#depth -= 1;
    return clause;
  }

  #group(): Clause {
    if (!this.#takeSymbol('(')) return this.#term();
    const clause = this.#any();
    if (!this.#takeSymbol(')')) throw this.#unexpected("')'");
    return clause;
  }

  #term(): Clause {
    this.#terms += 1;
    if (this.#terms > LIMITS.sampleQueryTermsMax) throw jqlFault('The query has too many clauses.', this.#peek().column);
    const field = this.#name('a field name');
    const operator = this.#operator();
    const operands = operator === 'in' || operator === 'not in' ? this.#list() : [this.#operand()];
    return { kind: 'term', field, operator, operands };
  }

  #operator(): Operator {
    const { kind, text } = this.#peek();
    if (kind === 'symbol' && isSymbolOperator(text)) {
      this.#next += 1;
      return text;
    }
    if (this.#takeWord('in')) return 'in';
    if (this.#takeWord('is')) return this.#takeWord('not') ? 'is not' : 'is';
    if (this.#takeWord('not') && this.#takeWord('in')) return 'not in';
    throw this.#unexpected('an operator');
  }

  #list(): readonly Operand[] {
    if (!this.#takeSymbol('(')) throw this.#unexpected("'('");
    const operands = [this.#operand()];
    while (this.#takeSymbol(',')) operands.push(this.#operand());
    if (!this.#takeSymbol(')')) throw this.#unexpected("')'");
    return operands;
  }

  #operand(): Operand {
    if (this.#takeWord('empty') || this.#takeWord('null')) return { kind: 'empty' };
    const isWord = this.#peek().kind === 'word';
    const text = this.#name('a value');
    if (!isWord || !this.#takeSymbol('(')) return { kind: 'value', text };
    if (!this.#takeSymbol(')')) throw this.#unexpected("')'");
    return { kind: 'function', name: text };
  }

  #order(): Query['orderBy'] {
    if (!this.#takeWord('by')) throw this.#unexpected("'BY'");
    const order: { field: string; isDescending: boolean }[] = [];
    do {
      const field = this.#name('a field name');
      const isDescending = this.#takeWord('desc');
      if (!isDescending) this.#takeWord('asc');
      order.push({ field, isDescending });
    } while (this.#takeSymbol(','));
    return order;
  }

  #name(wanted: string): string {
    const { kind, text } = this.#peek();
    if (kind !== 'word' && kind !== 'quoted') throw this.#unexpected(wanted);
    this.#next += 1;
    return text;
  }

  #isWord(word: string): boolean {
    const { kind, text } = this.#peek();
    return kind === 'word' && text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    const isNext = this.#isWord(word);
    if (isNext) this.#next += 1;
    return isNext;
  }

  #takeSymbol(symbol: string): boolean {
    const { kind, text } = this.#peek();
    const isNext = kind === 'symbol' && text === symbol;
    if (isNext) this.#next += 1;
    return isNext;
  }

  #peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Error('The parser went past the end of its tokens.');
    return token;
  }

  #unexpected(wanted: string) {
    const { kind, text, column } = this.#peek();
    return jqlFault(`Expecting ${wanted} but got ${kind === 'end' ? 'the end of the query' : `'${text}'`}.`, column);
  }
}

const SYMBOL_OPERATORS = ['=', '!=', '~', '!~', '<', '<=', '>', '>='] as const;

function isSymbolOperator(text: string): text is (typeof SYMBOL_OPERATORS)[number] {
  return SYMBOL_OPERATORS.some((operator) => operator === text);
}
