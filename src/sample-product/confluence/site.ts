// The sample Confluence: its state, its way of failing, its table of routes [PRD-5].
import type { SampleEnvironment } from '../environment.js';
import type { SampleFault } from '../fault.js';
import type { SampleSite } from '../http.js';
import { People } from '../people.js';
import type { Confluence } from './confluence.js';
import { contentRoutes } from './content.js';
import { seedContents } from './seed.js';
import { ContentStore } from './space-store.js';
import { spaceRoutes } from './spaces.js';
import { userRoutes } from './users.js';

/** The sample Confluence below `contextPath`, with its first page. Nothing below its `/rest` opens a session, so it reads no cookie. */
export function confluenceSite(environment: SampleEnvironment, contextPath: string): SampleSite {
  const confluence: Confluence = {
    ...environment,
    contextPath,
    siteUrl: () => environment.baseUrl() + contextPath,
    people: new People(environment.users),
    contents: new ContentStore(environment.budget),
  };
  seedContents(confluence.contents, environment.clock.now());
  const routes = [...contentRoutes(confluence), ...spaceRoutes(confluence), ...userRoutes(confluence)];
  return {
    callers: { users: environment.users, identityHeader: environment.identityHeader, sessions: null, realm: 'Postern sample Confluence' },
    routes: routes.map((route) => ({ ...route, path: `/rest/api${route.path}` })),
    meet: (principal) => confluence.people.meet(principal),
    renderFault: ({ status, message }: SampleFault) => ({ statusCode: status, message }),
  };
}
