// Search by JQL, in the query of a GET or the body of a POST [PRD-4].
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { at, textAt } from '../json.js';
import { pageOf, slice } from '../paging.js';
import { chosenFields, issueJson } from './issue-json.js';
import { compileQuery } from './jql/compile.js';
import type { Jira } from './jira.js';

interface SearchRequest {
  readonly jql: string;
  readonly startAt: unknown;
  readonly maxResults: unknown;
  readonly fields: readonly string[];
}

export function searchRoutes(jira: Jira): readonly Route[] {
  return [
    { method: 'GET', path: '/search', answer: (call) => search(jira, call, inQuery(call.query)) },
    { method: 'POST', path: '/search', answer: async (call) => search(jira, call, inBody(await call.json())) },
  ];
}

function search(jira: Jira, { caller }: Call, request: SearchRequest): Answer {
  // Anonymous callers see no issue: a search finds nothing, and says no more than that.
  const visible = caller === null ? [] : jira.issues.all();
  const found = compileQuery(request.jql, caller)(visible);
  const page = pageOf(request.startAt, request.maxResults, 50);
  const fields = chosenFields(request.fields, '*navigable');
  return ok({
    expand: 'schema,names',
    startAt: page.start,
    maxResults: page.limit,
    total: found.length,
    issues: slice(found, page).map((issue) => issueJson(jira, issue, fields)),
  });
}

function inQuery(query: URLSearchParams): SearchRequest {
  return {
    jql: query.get('jql') ?? '',
    startAt: query.get('startAt'),
    maxResults: query.get('maxResults'),
    fields: query.getAll('fields').flatMap((list) => list.split(',')),
  };
}

function inBody(body: unknown): SearchRequest {
  const fields = at(body, 'fields') ?? [];
  if (!Array.isArray(fields) || !fields.every((name) => typeof name === 'string'))
    throw new SampleFault(400, 'fields must be an array of names.');
  return { jql: textAt(body, 'jql') ?? '', startAt: at(body, 'startAt'), maxResults: at(body, 'maxResults'), fields };
}
