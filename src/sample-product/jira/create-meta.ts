// What a client must send to make an issue, at the addresses that Jira 9 has for it [PRD-4].
import { SampleFault } from '../fault.js';
import { type Call, ok, type Route } from '../http.js';
import { pageOf, slice } from '../paging.js';
import { ISSUE_TYPES, PRIORITIES } from './catalogue.js';
import { FIELDS } from './fields.js';
import { issueTypeJson, priorityJson } from './catalogue-json.js';
import { visibleProject } from './projects.js';
import type { Jira } from './jira.js';

const REQUIRED: ReadonlySet<string> = new Set(['project', 'issuetype', 'summary']);
const SETTABLE: ReadonlySet<string> = new Set([...REQUIRED, 'description', 'priority', 'assignee', 'reporter', 'labels']);

export function createMetaRoutes(jira: Jira): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/issue/createmeta/:project/issuetypes',
      answer(call) {
        visibleProject(call);
        return ok(
          pageJson(
            call,
            ISSUE_TYPES.map((type) => issueTypeJson(jira, type)),
          ),
        );
      },
    },
    {
      method: 'GET',
      path: '/issue/createmeta/:project/issuetypes/:type',
      answer(call) {
        visibleProject(call);
        if (!ISSUE_TYPES.some(({ id }) => id === call.parameters['type']))
          throw new SampleFault(404, 'The issue type selected is invalid.');
        return ok(
          pageJson(
            call,
            FIELDS.filter(({ id }) => SETTABLE.has(id)).map(({ id, name, schema }) => fieldMetaJson(jira, id, name, schema)),
          ),
        );
      },
    },
  ];
}

function fieldMetaJson(jira: Jira, id: string, name: string, schema: object) {
  return {
    required: REQUIRED.has(id),
    schema,
    name,
    fieldId: id,
    hasDefaultValue: id === 'priority' || id === 'reporter',
    operations: id === 'labels' ? ['add', 'set', 'remove'] : ['set'],
    ...(id === 'priority' && { allowedValues: PRIORITIES.map((priority) => priorityJson(jira, priority)) }),
  };
}

function pageJson(call: Call, values: readonly unknown[]) {
  const page = pageOf(call.query.get('startAt'), call.query.get('maxResults'), 50);
  const shown = slice(values, page);
  return {
    maxResults: page.limit,
    startAt: page.start,
    total: values.length,
    isLast: page.start + shown.length >= values.length,
    values: shown,
  };
}
