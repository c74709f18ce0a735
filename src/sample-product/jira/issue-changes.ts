// Reads what a client wants an issue to be: `fields` and `update` of a create or edit, with Jira's words for what is wrong [PRD-4].
import { LIMITS } from '../../core/index.js';
import { SampleFault } from '../fault.js';
import { at, isRecord, textAt } from '../json.js';
import { ISSUE_TYPES, type Named, PRIORITIES } from './catalogue.js';
import type { IssueFields } from './issue-store.js';
import type { Jira } from './jira.js';

/** What is asked for: new values, and comments to add. */
export interface IssueChanges {
  readonly fields: Partial<IssueFields>;
  readonly comments: readonly string[];
}

/** Fields given with a create that are no field to set; read elsewhere. */
const CREATE_ONLY: ReadonlySet<string> = new Set(['project']);

/** Reads a create's or edit's body. Throws 400 with one text for each field that is wrong. `before` is what `add` and `remove` start from. */
export async function readChanges(
  jira: Jira,
  body: unknown,
  before: Pick<IssueFields, 'labels'>,
  isCreate: boolean,
): Promise<IssueChanges> {
  const fields = at(body, 'fields') ?? {};
  const update = at(body, 'update') ?? {};
  if (!isRecord(fields) || !isRecord(update)) throw new SampleFault(400, 'fields and update must be objects.');
  const errors = new Map<string, string>();
  const comments: string[] = [];
  const wanted = new Map(Object.entries(fields).filter(([name]) => !(isCreate && CREATE_ONLY.has(name))));
  for (const [name, operations] of Object.entries(update)) {
    if (name === 'comment') comments.push(...addedComments(operations));
    else if (name === 'labels') wanted.set(name, changedLabels(operations, before.labels));
    else wanted.set(name, at(Array.isArray(operations) ? operations[0] : undefined, 'set'));
  }
  let changes: Partial<IssueFields> = {};
  for (const [name, value] of wanted) {
    const reader = READERS.get(name);
    const read =
      reader === undefined ? `Field '${name}' cannot be set. It is not on the appropriate screen, or unknown.` : await reader(value, jira);
    if (typeof read === 'string') errors.set(name, read);
    else changes = { ...changes, ...read };
  }
  if (errors.size > 0) throw new SampleFault(400, '', { errors: Object.fromEntries(errors) });
  return { fields: changes, comments };
}

/** What is wrong with the length of a description or comment, or null. */
function tooLong(text: string): string | null {
  if (text.length <= LIMITS.sampleTextLengthMax) return null;
  return `The entered text is too long. It exceeds the allowed limit of ${LIMITS.sampleTextLengthMax} characters.`;
}

/** A field's new value, or the text of what is wrong with it. */
type Reader = (value: unknown, jira: Jira) => Partial<IssueFields> | string | Promise<Partial<IssueFields> | string>;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['summary', readSummary],
  ['description', readDescription],
  ['labels', readLabels],
  ['issuetype', (value) => chosen(ISSUE_TYPES, value, (type) => ({ type }), 'The issue type selected is invalid.')],
  ['priority', (value) => chosen(PRIORITIES, value, (priority) => ({ priority }), 'The priority selected is invalid.')],
  ['assignee', async (value, jira) => readPerson(value, jira, (assignee) => ({ assignee }))],
  ['reporter', async (value, jira) => readPerson(value, jira, (reporter) => (reporter === null ? 'Reporter is required.' : { reporter }))],
]);

function readSummary(value: unknown): Partial<IssueFields> | string {
  if (typeof value !== 'string' || value.trim() === '') return 'You must specify a summary of the issue.';
  if (/[\r\n]/.test(value)) return 'The summary is invalid because it contains newline characters.';
  if (value.length > LIMITS.sampleTitleLengthMax) return `Summary must be less than ${LIMITS.sampleTitleLengthMax} characters.`;
  return { summary: value.trim() };
}

function readDescription(value: unknown): Partial<IssueFields> | string {
  if (value === null) return { description: null };
  if (typeof value !== 'string') return 'Operation value must be a string';
  return tooLong(value) ?? { description: value === '' ? null : value };
}

function readLabels(value: unknown): Partial<IssueFields> | string {
  if (!Array.isArray(value) || !value.every((label) => typeof label === 'string')) return 'Operation value must be an array of strings';
  const spaced = value.find((label) => /\s/.test(label) || label === '');
  if (spaced !== undefined) return `The label '${spaced}' contains spaces which is invalid.`;
  if (value.some((label) => label.length > LIMITS.sampleTitleLengthMax))
    return `The label exceeds ${LIMITS.sampleTitleLengthMax} characters.`;
  return { labels: [...new Set(value)] };
}

function chosen(
  items: readonly Named[],
  value: unknown,
  change: (item: Named) => Partial<IssueFields>,
  fault: string,
): Partial<IssueFields> | string {
  const id = textAt(value, 'id');
  const name = textAt(value, 'name');
  const item = items.find((candidate) => (id === null ? candidate.name === name : candidate.id === id));
  return item === undefined ? fault : change(item);
}

/** A user by name. null, an empty name and `-1` (Jira's «automatic») are nobody. */
async function readPerson(
  value: unknown,
  jira: Jira,
  change: (username: string | null) => Partial<IssueFields> | string,
): Promise<Partial<IssueFields> | string> {
  if (value === null) return change(null);
  const name = at(value, 'name');
  if (name === null || name === '' || name === '-1') return change(null);
  if (typeof name !== 'string') return "expected Object containing a 'name' property";
  const principal = await jira.people.lookUp(name);
  return principal?.isActive === true ? change(principal.username) : `User '${name}' does not exist.`;
}

function changedLabels(operations: unknown, before: readonly string[]): unknown {
  let labels: unknown[] = [...before];
  for (const operation of Array.isArray(operations) ? operations : [undefined]) {
    const set = at(operation, 'set');
    const removed = at(operation, 'remove');
    const added = at(operation, 'add');
    if (Array.isArray(set)) labels = set.slice();
    else if (removed !== undefined) labels = labels.filter((label) => label !== removed);
    else labels.push(added);
  }
  return labels;
}

function addedComments(operations: unknown): readonly string[] {
  const bodies = (Array.isArray(operations) ? operations : [undefined]).map((operation) => textAt(at(operation, 'add'), 'body'));
  return bodies.map(checkedComment);
}

/** A comment's text, or 400 in Jira's words. */
export function checkedComment(body: string | null): string {
  if (body === null || body.trim() === '') throw new SampleFault(400, '', { errors: { comment: 'Comment body can not be empty!' } });
  const fault = tooLong(body);
  if (fault !== null) throw new SampleFault(400, '', { errors: { comment: fault } });
  return body;
}
