// The fields of an issue: how each is named, described and written [PRD-4]. What the sample does not have (components, versions, links) is there and empty, because clients read it.
import type { Issue } from './issue-store.js';
import { attachmentJson, commentPageJson } from './issue-parts-json.js';
import { issueTypeJson, priorityJson, statusJson } from './catalogue-json.js';
import { projectJson } from './projects.js';
import type { Jira } from './jira.js';
import { mentionedUserJson } from './user-json.js';
import { jiraTime } from './wire-time.js';

export interface Field {
  readonly id: string;
  readonly name: string;
  /** How JQL calls it; empty where it cannot be asked for. */
  readonly clauseNames: readonly string[];
  readonly schema: { readonly type: string; readonly system: string; readonly items?: string };
  /** Part of `*navigable`, which a search answers with by default. */
  readonly isNavigable: boolean;
  json(jira: Jira, issue: Issue): unknown;
}

export const FIELDS: readonly Field[] = [
  field('issuetype', 'Issue Type', 'issuetype', ['issuetype', 'type'], (jira, { fields }) => issueTypeJson(jira, fields.type)),
  field('project', 'Project', 'project', ['project'], (jira, { project }) => projectJson(jira, project)),
  field('summary', 'Summary', 'string', ['summary'], (_jira, { fields }) => fields.summary),
  field('description', 'Description', 'string', ['description'], (_jira, { fields }) => fields.description),
  field('priority', 'Priority', 'priority', ['priority'], (jira, { fields }) => priorityJson(jira, fields.priority)),
  field('status', 'Status', 'status', ['status'], (jira, { status }) => statusJson(jira, status)),
  field('resolution', 'Resolution', 'resolution', [], () => null),
  field('resolutiondate', 'Resolved', 'datetime', [], () => null),
  field('assignee', 'Assignee', 'user', ['assignee'], (jira, { fields }) =>
    fields.assignee === null ? null : mentionedUserJson(jira, fields.assignee),
  ),
  field('reporter', 'Reporter', 'user', ['reporter'], (jira, { fields }) => mentionedUserJson(jira, fields.reporter)),
  field('creator', 'Creator', 'user', [], (jira, { creator }) => mentionedUserJson(jira, creator)),
  field('created', 'Created', 'datetime', [], (_jira, { created }) => jiraTime(created)),
  field('updated', 'Updated', 'datetime', [], (_jira, { updated }) => jiraTime(updated)),
  listField('labels', 'Labels', 'string', ['labels'], (_jira, { fields }) => fields.labels),
  listField('components', 'Component/s', 'component', [], () => []),
  listField('fixVersions', 'Fix Version/s', 'version', [], () => []),
  listField('versions', 'Affects Version/s', 'version', [], () => []),
  listField('issuelinks', 'Linked Issues', 'issuelinks', [], () => []),
  listField('subtasks', 'Sub-Tasks', 'issuelinks', [], () => []),
  { ...listField('attachment', 'Attachment', 'attachment', [], attachmentsJson), isNavigable: false },
  { ...field('comment', 'Comment', 'comments-page', ['comment'], commentPageJson), isNavigable: false },
];

function attachmentsJson(jira: Jira, issue: Issue) {
  return Array.from(issue.attachments.values(), (attachment) => attachmentJson(jira, attachment));
}

function field(id: string, name: string, type: string, clauseNames: readonly string[], json: Field['json']): Field {
  return { id, name, clauseNames, schema: { type, system: id }, isNavigable: true, json };
}

function listField(id: string, name: string, items: string, clauseNames: readonly string[], json: Field['json']): Field {
  return { id, name, clauseNames, schema: { type: 'array', items, system: id }, isNavigable: true, json };
}
