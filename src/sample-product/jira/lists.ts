// The lists that clients load to know what can be chosen: fields, types, priorities, statuses [PRD-4].
import { SampleFault } from '../fault.js';
import { ok, type Route } from '../http.js';
import { requireLogin } from './access.js';
import { ISSUE_TYPES, type Named, PRIORITIES, STATUSES } from './catalogue.js';
import { issueTypeJson, priorityJson, statusJson } from './catalogue-json.js';
import { FIELDS } from './fields.js';
import type { Jira } from './jira.js';

export function listRoutes(jira: Jira): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/field',
      answer(call) {
        requireLogin(jira, call);
        return ok(FIELDS.map(({ clauseNames, schema, id, name }) => fieldJson(id, name, clauseNames, schema)));
      },
    },
    ...listOf(jira, '/issuetype', 'issue type', ISSUE_TYPES, issueTypeJson),
    ...listOf(jira, '/priority', 'priority', PRIORITIES, priorityJson),
    ...listOf(jira, '/status', 'status', STATUSES, statusJson),
  ];
}

function listOf<T extends Named>(
  jira: Jira,
  path: string,
  noun: string,
  items: readonly T[],
  render: (jira: Jira, item: T) => unknown,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path,
      answer(call) {
        requireLogin(jira, call);
        return ok(items.map((item) => render(jira, item)));
      },
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      answer(call) {
        requireLogin(jira, call);
        const item = items.find(({ id, name }) => id === call.parameters['id'] || name === call.parameters['id']);
        if (item === undefined) throw new SampleFault(404, `The ${noun} with id '${call.parameters['id']}' does not exist`);
        return ok(render(jira, item));
      },
    },
  ];
}

function fieldJson(id: string, name: string, clauseNames: readonly string[], schema: object) {
  return { id, name, custom: false, orderable: true, navigable: true, searchable: clauseNames.length > 0, clauseNames, schema };
}
