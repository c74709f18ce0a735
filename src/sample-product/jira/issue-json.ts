// An issue as Jira writes it, with the fields that were asked for [PRD-4].
import { FIELDS, type Field } from './fields.js';
import type { Issue } from './issue-store.js';
import type { Jira } from './jira.js';

const EXPANDABLE = 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations';

/** The issue with these fields. */
export function issueJson(jira: Jira, issue: Issue, fields: readonly Field[]) {
  return {
    expand: EXPANDABLE,
    id: issue.id,
    self: issueUrl(jira, issue),
    key: issue.key,
    fields: Object.fromEntries(fields.map((field) => [field.id, field.json(jira, issue)])),
  };
}

export function issueUrl(jira: Jira, issue: Issue): string {
  return `${jira.siteUrl()}/rest/api/2/issue/${issue.id}`;
}

/** The fields that `wanted` names: `*all`, `*navigable`, a name, or `-` and a name to leave it out. `fallback` holds where nothing is asked for. */
export function chosenFields(wanted: readonly string[], fallback: '*all' | '*navigable'): readonly Field[] {
  const names = wanted.map((name) => name.trim()).filter((name) => name !== '');
  const isOnlyExclusions = names.every((name) => name.startsWith('-'));
  const included = new Set(isOnlyExclusions ? [fallback] : names);
  const excluded = new Set(names.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  return FIELDS.filter(
    ({ id, isNavigable }) => !excluded.has(id) && (included.has(id) || included.has('*all') || (isNavigable && included.has('*navigable'))),
  );
}
