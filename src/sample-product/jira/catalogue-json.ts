// Types, priorities and statuses as Jira writes them, in their lists and inside issues.
import type { Named, Status } from './catalogue.js';
import type { Jira } from './jira.js';

export function issueTypeJson(jira: Jira, type: Named) {
  const self = `${jira.siteUrl()}/rest/api/2/issuetype/${type.id}`;
  return { self, id: type.id, description: type.description, iconUrl: iconUrl(jira, 'issuetypes', type), name: type.name, subtask: false };
}

export function priorityJson(jira: Jira, priority: Named) {
  const self = `${jira.siteUrl()}/rest/api/2/priority/${priority.id}`;
  return { self, iconUrl: iconUrl(jira, 'priorities', priority), description: priority.description, name: priority.name, id: priority.id };
}

export function statusJson(jira: Jira, status: Status) {
  const { category } = status;
  return {
    self: `${jira.siteUrl()}/rest/api/2/status/${status.id}`,
    description: status.description,
    iconUrl: `${jira.siteUrl()}/`,
    name: status.name,
    id: status.id,
    statusCategory: { self: `${jira.siteUrl()}/rest/api/2/statuscategory/${category.id}`, ...category },
  };
}

function iconUrl(jira: Jira, folder: string, { name }: Named): string {
  return `${jira.siteUrl()}/images/icons/${folder}/${name.toLowerCase()}.svg`;
}
