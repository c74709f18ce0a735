// The comments of an issue [PRD-4].
import type { Principal } from '../../core/index.js';
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { at, textAt } from '../json.js';
import { pageOf, slice } from '../paging.js';
import { visibleIssue } from './access.js';
import { checkedComment } from './issue-changes.js';
import { commentJson } from './issue-parts-json.js';
import type { Comment, Issue } from './issue-store.js';
import type { Jira } from './jira.js';

const LIST = '/issue/:issue/comment';
const ONE = '/issue/:issue/comment/:comment';

export function commentRoutes(jira: Jira): readonly Route[] {
  return [
    { method: 'GET', path: LIST, answer: (call) => listComments(jira, call) },
    { method: 'POST', path: LIST, answer: (call) => addComment(jira, call) },
    { method: 'GET', path: ONE, answer: (call) => readComment(jira, call) },
    { method: 'PUT', path: ONE, answer: (call) => changeComment(jira, call) },
    { method: 'DELETE', path: ONE, answer: (call) => deleteComment(jira, call) },
  ];
}

/** The oldest first, or by `orderBy=-created` the newest. */
function listComments(jira: Jira, call: Call): Answer {
  const { issue } = visibleIssue(jira, call);
  const comments = [...issue.comments.values()];
  if (call.query.get('orderBy') === '-created') comments.reverse();
  const page = pageOf(call.query.get('startAt'), call.query.get('maxResults'), Number.MAX_SAFE_INTEGER);
  return ok({
    startAt: page.start,
    maxResults: page.limit,
    total: comments.length,
    comments: slice(comments, page).map((comment) => commentJson(jira, issue, comment)),
  });
}

async function addComment(jira: Jira, call: Call): Promise<Answer> {
  const { issue, caller } = visibleIssue(jira, call);
  const body = await commentBody(call);
  const comment = jira.issues.addComment(issue, body, caller.username, jira.clock.now());
  return { status: 201, json: commentJson(jira, issue, comment) };
}

function readComment(jira: Jira, call: Call): Answer {
  const { issue, comment } = visibleComment(jira, call);
  return ok(commentJson(jira, issue, comment));
}

async function changeComment(jira: Jira, call: Call): Promise<Answer> {
  const { issue, comment, caller } = visibleComment(jira, call);
  const body = await commentBody(call);
  jira.issues.changeComment(issue, comment, body, caller.username, jira.clock.now());
  return ok(commentJson(jira, issue, comment));
}

function deleteComment(jira: Jira, call: Call): Answer {
  const { issue, comment } = visibleComment(jira, call);
  jira.issues.removeComment(issue, comment);
  return { status: 204 };
}

function visibleComment(jira: Jira, call: Call): { issue: Issue; comment: Comment; caller: Principal } {
  const { issue, caller } = visibleIssue(jira, call);
  const id = call.parameters['comment'] ?? '';
  const comment = issue.comments.get(id);
  if (comment === undefined) throw new SampleFault(404, `Can not find a comment for the id: ${id}.`);
  return { issue, comment, caller };
}

/** The text. A comment for some only is refused: the sample has no groups, and showing it to all would be a lie. */
async function commentBody(call: Call): Promise<string> {
  const json = await call.json();
  if (at(json, 'visibility') !== undefined)
    throw new SampleFault(400, '', { errors: { commentLevel: 'The sample has no groups or roles.' } });
  return checkedComment(textAt(json, 'body'));
}
