// Create, read, change and delete issues [PRD-4].
import type { Principal } from '../../core/index.js';
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { at, textAt } from '../json.js';
import { requireLogin, visibleIssue } from './access.js';
import { DEFAULT_PRIORITY, type Project, projectOf } from './catalogue.js';
import { readChanges } from './issue-changes.js';
import { chosenFields, issueJson, issueUrl } from './issue-json.js';
import type { Issue } from './issue-store.js';
import type { Jira } from './jira.js';

export function issueRoutes(jira: Jira): readonly Route[] {
  return [
    { method: 'POST', path: '/issue', answer: (call) => createIssue(jira, call) },
    { method: 'GET', path: '/issue/:issue', answer: (call) => readIssue(jira, call) },
    { method: 'PUT', path: '/issue/:issue', answer: (call) => changeIssue(jira, call) },
    { method: 'DELETE', path: '/issue/:issue', answer: (call) => deleteIssue(jira, call) },
    { method: 'PUT', path: '/issue/:issue/assignee', answer: (call) => assignIssue(jira, call) },
  ];
}

async function createIssue(jira: Jira, call: Call): Promise<Answer> {
  const caller = requireLogin(jira, call);
  const body = await call.json();
  const project = chosenProject(at(at(body, 'fields'), 'project'));
  const { fields, comments } = await readChanges(jira, body, { labels: [] }, true);
  const errors: Record<string, string> = {};
  if (project === null) errors['project'] = 'valid project is required';
  if (fields.summary === undefined) errors['summary'] = 'You must specify a summary of the issue.';
  if (fields.type === undefined) errors['issuetype'] = 'valid issue type is required';
  if (project === null || fields.summary === undefined || fields.type === undefined) throw new SampleFault(400, '', { errors });
  const values = {
    summary: fields.summary,
    description: fields.description ?? null,
    type: fields.type,
    priority: fields.priority ?? DEFAULT_PRIORITY,
    assignee: fields.assignee ?? null,
    reporter: fields.reporter ?? caller.username,
    labels: fields.labels ?? [],
  };
  const issue = jira.issues.create(project, values, caller.username, jira.clock.now());
  addComments(jira, issue, comments, caller);
  return { status: 201, json: { id: issue.id, key: issue.key, self: issueUrl(jira, issue) } };
}

function chosenProject(value: unknown): Project | null {
  const keyOrId = textAt(value, 'key') ?? textAt(value, 'id');
  return keyOrId === null ? null : projectOf(keyOrId);
}

function readIssue(jira: Jira, call: Call): Answer {
  const { issue } = visibleIssue(jira, call);
  const wanted = call.query.getAll('fields').flatMap((list) => list.split(','));
  return ok(issueJson(jira, issue, chosenFields(wanted, '*all')));
}

async function changeIssue(jira: Jira, call: Call): Promise<Answer> {
  const { issue, caller } = visibleIssue(jira, call);
  const { fields, comments } = await readChanges(jira, await call.json(), issue.fields, false);
  jira.issues.change(issue, fields, jira.clock.now());
  addComments(jira, issue, comments, caller);
  return { status: 204 };
}

function deleteIssue(jira: Jira, call: Call): Answer {
  jira.issues.remove(visibleIssue(jira, call).issue);
  return { status: 204 };
}

/** `{"name": …}`, the same object that the field takes. */
async function assignIssue(jira: Jira, call: Call): Promise<Answer> {
  const { issue } = visibleIssue(jira, call);
  const { fields } = await readChanges(jira, { fields: { assignee: await call.json() } }, issue.fields, false);
  jira.issues.change(issue, fields, jira.clock.now());
  return { status: 204 };
}

function addComments(jira: Jira, issue: Issue, bodies: readonly string[], { username }: Principal): void {
  for (const body of bodies) jira.issues.addComment(issue, body, username, jira.clock.now());
}
