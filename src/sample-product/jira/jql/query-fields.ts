// The fields that a query may name: what of an issue is compared, and how it sorts [PRD-4].
import type { Issue } from '../issue-store.js';
import { ISSUE_TYPES, type Named, PRIORITIES, PROJECTS, STATUSES } from '../catalogue.js';

export interface QueryField {
  readonly names: readonly string[];
  /** `choice`: compared as a whole. `text`: searched for words. `order`: sorted by only. */
  readonly kind: 'choice' | 'text' | 'order';
  /** Choice: every name the value goes by, none where it is empty. Text: the texts searched. */
  valuesOf(issue: Issue): readonly string[];
  /** Every name that exists, where that is known: another one is an error, as in Jira. */
  readonly known?: readonly string[];
  /** Absent: cannot be sorted by. */
  readonly compare?: (a: Issue, b: Issue) => number;
}

export const QUERY_FIELDS: readonly QueryField[] = [
  {
    names: ['project'],
    kind: 'choice',
    valuesOf: ({ project }) => [project.key, project.name, project.id],
    known: PROJECTS.flatMap(({ key, name, id }) => [key, name, id]),
    compare: byText(({ project }) => project.key),
  },
  { names: ['key', 'issuekey', 'issue', 'id'], kind: 'choice', valuesOf: ({ key, id }) => [key, id], compare: byKey },
  {
    names: ['status'],
    kind: 'choice',
    valuesOf: ({ status }) => namesOf(status),
    known: STATUSES.flatMap(namesOf),
    compare: byText(({ status }) => status.name),
  },
  {
    names: ['issuetype', 'type'],
    kind: 'choice',
    valuesOf: ({ fields }) => namesOf(fields.type),
    known: ISSUE_TYPES.flatMap(namesOf),
    compare: byText(({ fields }) => fields.type.name),
  },
  {
    names: ['priority'],
    kind: 'choice',
    valuesOf: ({ fields }) => namesOf(fields.priority),
    known: PRIORITIES.flatMap(namesOf),
    // Ascending is the lowest first: the highest has the lowest id.
    compare: (a, b) => Number(b.fields.priority.id) - Number(a.fields.priority.id),
  },
  {
    names: ['assignee'],
    kind: 'choice',
    valuesOf: ({ fields }) => (fields.assignee === null ? [] : [fields.assignee]),
    compare: byText(({ fields }) => fields.assignee ?? ''),
  },
  { names: ['reporter'], kind: 'choice', valuesOf: ({ fields }) => [fields.reporter], compare: byText(({ fields }) => fields.reporter) },
  { names: ['labels'], kind: 'choice', valuesOf: ({ fields }) => fields.labels },
  { names: ['text'], kind: 'text', valuesOf: (issue) => [issue.fields.summary, issue.fields.description ?? '', ...commentBodies(issue)] },
  { names: ['summary'], kind: 'text', valuesOf: ({ fields }) => [fields.summary], compare: byText(({ fields }) => fields.summary) },
  { names: ['description'], kind: 'text', valuesOf: ({ fields }) => (fields.description === null ? [] : [fields.description]) },
  { names: ['comment'], kind: 'text', valuesOf: commentBodies },
  { names: ['created', 'createddate'], kind: 'order', valuesOf: () => [], compare: (a, b) => a.created - b.created },
  { names: ['updated', 'updateddate'], kind: 'order', valuesOf: () => [], compare: (a, b) => a.updated - b.updated },
];

/** The field of this name in any case, or undefined. */
export function queryField(name: string): QueryField | undefined {
  return QUERY_FIELDS.find(({ names }) => names.includes(name.toLowerCase()));
}

function namesOf({ id, name }: Named): readonly string[] {
  return [name, id];
}

function commentBodies(issue: Issue): readonly string[] {
  return Array.from(issue.comments.values(), ({ body }) => body);
}

/** SCRUM-2 comes before SCRUM-10. */
function byKey(a: Issue, b: Issue): number {
  return a.project.key.localeCompare(b.project.key) || a.number - b.number;
}

function byText(textOf: (issue: Issue) => string): (a: Issue, b: Issue) => number {
  return (a, b) => textOf(a).localeCompare(textOf(b));
}
