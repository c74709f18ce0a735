// Gives a parsed query its meaning: which issues, in which order. What it cannot do is Jira's 400, never a wrong answer [PRD-4].
import type { Principal } from '../../../core/index.js';
import { SampleFault } from '../../fault.js';
import type { Issue } from '../issue-store.js';
import { type Clause, type Operand, type Operator, parseQuery, type Query } from './parse.js';
import { type QueryField, queryField } from './query-fields.js';
import { wordTest } from './words.js';

type Test = (issue: Issue) => boolean;
type Term = Extract<Clause, { kind: 'term' }>;

/** The search that this JQL asks for, on behalf of `caller`. Without an order the issues stay as they are given. Throws 400. */
export function compileQuery(jql: string, caller: Principal | null): (issues: readonly Issue[]) => readonly Issue[] {
  const { where, orderBy } = parseQuery(jql);
  const test = where === null ? () => true : testOf(where, caller);
  const compare = comparison(orderBy);
  return (issues) => issues.filter(test).sort(compare);
}

function testOf(clause: Clause, caller: Principal | null): Test {
  if (clause.kind === 'term') return termTest(clause, caller);
  if (clause.kind === 'not') {
    const test = testOf(clause.part, caller);
    return (issue) => !test(issue);
  }
  const tests = clause.parts.map((part) => testOf(part, caller));
  return clause.kind === 'all' ? (issue) => tests.every((test) => test(issue)) : (issue) => tests.some((test) => test(issue));
}

function termTest(term: Term, caller: Principal | null): Test {
  const field = existing(term.field);
  const { operator } = term;
  if (!OPERATORS[field.kind].includes(operator))
    throw new SampleFault(400, `The operator '${operator}' is not supported by the '${term.field}' field.`);
  const wanted = term.operands.map((operand) => valueOf(operand, term, field, caller));
  if (operator === 'is' || operator === 'is not') {
    if (wanted.some((value) => value !== null))
      throw new SampleFault(400, `The operator '${operator}' only supports the values EMPTY and NULL.`);
    return emptyTest(field, operator === 'is');
  }
  if (field.kind === 'text') return textTest(field, wanted, term);
  return choiceTest(field, wanted, operator === '=' || operator === 'in');
}

/** What each kind of field can be asked. */
const OPERATORS: Readonly<Record<QueryField['kind'], readonly Operator[]>> = {
  choice: ['=', '!=', 'in', 'not in', 'is', 'is not'],
  text: ['~', '!~', 'is', 'is not'],
  order: [],
};

function emptyTest(field: QueryField, isEmptyWanted: boolean): Test {
  return (issue) => field.valuesOf(issue).every((value) => value === '') === isEmptyWanted;
}

function textTest(field: QueryField, [wanted]: readonly (string | null)[], { operator, field: name }: Term): Test {
  if (wanted === null || wanted === undefined || wanted === '')
    throw new SampleFault(400, `The field '${name}' needs a text to search for.`);
  const test = wordTest(wanted);
  return (issue) => test(field.valuesOf(issue)) === (operator === '~');
}

/** As Jira: what is empty differs from nothing, so `!=` does not find it. */
function choiceTest(field: QueryField, wanted: readonly (string | null)[], isWanted: boolean): Test {
  const values = new Set(wanted.map((value) => value?.toLowerCase() ?? null));
  return (issue) => {
    const names = field.valuesOf(issue);
    if (names.length === 0) return values.has(null) && isWanted;
    return names.some((name) => values.has(name.toLowerCase())) === isWanted;
  };
}

/** The text of an operand; null for EMPTY, and for the current user of an anonymous caller. */
function valueOf(operand: Operand, term: Term, field: QueryField, caller: Principal | null): string | null {
  if (operand.kind === 'empty') return null;
  if (operand.kind === 'function') {
    if (operand.name.toLowerCase() !== 'currentuser') throw new SampleFault(400, `Unable to find JQL function '${operand.name}()'.`);
    return caller?.username ?? null;
  }
  if (field.known !== undefined && !field.known.some((name) => name.toLowerCase() === operand.text.toLowerCase())) {
    throw new SampleFault(400, `The value '${operand.text}' does not exist for the field '${term.field}'.`);
  }
  return operand.text;
}

function comparison(orderBy: Query['orderBy']): (a: Issue, b: Issue) => number {
  const parts = orderBy.map(({ field: name, isDescending }) => {
    const { compare } = existing(name);
    if (compare === undefined) throw new SampleFault(400, `Not able to sort using field '${name}'.`);
    return isDescending ? (a: Issue, b: Issue) => compare(b, a) : compare;
  });
  return (a, b) => parts.reduce((order, compare) => order || compare(a, b), 0);
}

function existing(name: string): QueryField {
  const field = queryField(name);
  if (field === undefined) throw new SampleFault(400, `Field '${name}' does not exist or you do not have permission to view it.`);
  return field;
}
