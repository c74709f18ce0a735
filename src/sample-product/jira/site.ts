// The sample Jira: its state, its way of failing, its table of routes.
import type { SampleFault } from '../fault.js';
import type { SampleEnvironment } from '../environment.js';
import type { Route, SampleSite } from '../http.js';
import { People } from '../people.js';
import { Sessions } from '../session.js';
import { attachmentRoutes } from './attachments.js';
import { authSessionRoutes } from './auth-session.js';
import { commentRoutes } from './comments.js';
import { createMetaRoutes } from './create-meta.js';
import { issueRoutes } from './issue-routes.js';
import { IssueStore } from './issue-store.js';
import type { Jira } from './jira.js';
import { listRoutes } from './lists.js';
import { projectRoutes } from './projects.js';
import { searchRoutes } from './search.js';
import { seedIssues } from './seed.js';
import { serverInfoRoutes } from './server-info.js';
import { transitionRoutes } from './transitions.js';
import { userRoutes } from './users.js';

/** The sample Jira below `contextPath`, with its first issues. */
export function jiraSite(environment: SampleEnvironment, contextPath: string): SampleSite {
  const jira: Jira = {
    ...environment,
    contextPath,
    siteUrl: () => environment.baseUrl() + contextPath,
    people: new People(environment.users),
    sessions: new Sessions(environment.clock, environment.random),
    issues: new IssueStore(environment.budget),
    realm: 'Postern sample Jira',
  };
  seedIssues(jira.issues, environment.clock.now());
  return {
    callers: { users: jira.users, identityHeader: jira.identityHeader, sessions: jira.sessions, realm: jira.realm },
    routes: jiraRoutes(jira),
    meet: (principal) => jira.people.meet(principal),
    renderFault: ({ message, errors }: SampleFault) => ({ errorMessages: message === '' ? [] : [message], errors }),
  };
}

/** Every route under each name of the version that the clients use [PRD-1]. */
function jiraRoutes(jira: Jira): readonly Route[] {
  return [
    ...below(
      ['/rest/api/2', '/rest/api/latest'],
      [
        ...serverInfoRoutes(jira),
        ...userRoutes(jira),
        ...listRoutes(jira),
        ...projectRoutes(jira),
        ...searchRoutes(jira),
        ...createMetaRoutes(jira),
        ...issueRoutes(jira),
        ...commentRoutes(jira),
        ...transitionRoutes(jira),
        ...attachmentRoutes(jira),
      ],
    ),
    ...below(['/rest/auth/1', '/rest/auth/latest'], authSessionRoutes(jira)),
  ];
}

function below(prefixes: readonly string[], routes: readonly Route[]): readonly Route[] {
  return prefixes.flatMap((prefix) => routes.map((route) => ({ ...route, path: prefix + route.path })));
}
