// The two projects, with what clients read of one [PRD-4].
import { SAMPLE_AUTHOR } from '../author.js';
import { SampleFault } from '../fault.js';
import { type Call, ok, type Route } from '../http.js';
import { ISSUE_TYPES, PROJECTS, type Project, projectOf } from './catalogue.js';
import { issueTypeJson } from './catalogue-json.js';
import type { Jira } from './jira.js';
import { avatarUrls, mentionedUserJson } from './user-json.js';

export function projectRoutes(jira: Jira): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/project',
      answer: ({ caller }) => ok(caller === null ? [] : PROJECTS.map((project) => projectJson(jira, project))),
    },
    { method: 'GET', path: '/project/:project', answer: (call) => ok(wholeProjectJson(jira, visibleProject(call))) },
  ];
}

/** The project that the path names; 404 also where the caller may not see it. */
export function visibleProject(call: Call): Project {
  const keyOrId = call.parameters['project'] ?? '';
  const project = call.caller === null ? null : projectOf(keyOrId);
  if (project === null) throw new SampleFault(404, `No project could be found with key '${keyOrId}'.`);
  return project;
}

/** A project inside other things. */
export function projectJson(jira: Jira, { id, key, name }: Project) {
  return {
    expand: 'description,lead,url,projectKeys',
    self: `${jira.siteUrl()}/rest/api/2/project/${id}`,
    id,
    key,
    name,
    avatarUrls: avatarUrls(`${jira.siteUrl()}/secure/projectavatar?avatarId=10324`),
    projectTypeKey: 'software',
    archived: false,
  };
}

function wholeProjectJson(jira: Jira, project: Project) {
  return {
    ...projectJson(jira, project),
    description: project.description,
    lead: mentionedUserJson(jira, SAMPLE_AUTHOR.username),
    components: [],
    issueTypes: ISSUE_TYPES.map((type) => issueTypeJson(jira, type)),
    assigneeType: 'UNASSIGNED',
    versions: [],
    roles: {},
  };
}
