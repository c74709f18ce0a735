// Paths that people limit tokens to: the resources of Jira and Confluence that the sample products have, and a few of the real ones.
import type { TokenSystemAnswer } from '../../admin/api-types.js';
import type { ScopeMethod } from './scope.js';

type Product = TokenSystemAnswer['places'][number]['product'];

const RESOURCES: Readonly<Record<Product, readonly string[]>> = {
  jira: [
    '/rest/api/2/issue',
    '/rest/api/2/issue/{issueIdOrKey}',
    '/rest/api/2/issue/{issueIdOrKey}/assignee',
    '/rest/api/2/issue/{issueIdOrKey}/attachments',
    '/rest/api/2/issue/{issueIdOrKey}/comment',
    '/rest/api/2/issue/{issueIdOrKey}/comment/{id}',
    '/rest/api/2/issue/{issueIdOrKey}/transitions',
    '/rest/api/2/issue/{issueIdOrKey}/worklog',
    '/rest/api/2/attachment/{id}',
    '/rest/api/2/field',
    '/rest/api/2/filter/{id}',
    '/rest/api/2/issuetype',
    '/rest/api/2/myself',
    '/rest/api/2/priority',
    '/rest/api/2/project',
    '/rest/api/2/project/{projectIdOrKey}',
    '/rest/api/2/project/{projectIdOrKey}/versions',
    '/rest/api/2/search',
    '/rest/api/2/serverInfo',
    '/rest/api/2/status',
    '/rest/api/2/user',
    '/rest/api/2/version/{id}',
    '/rest/agile/1.0/board',
    '/rest/agile/1.0/sprint/{sprintId}/issue',
  ],
  confluence: [
    '/rest/api/content',
    '/rest/api/content/{id}',
    '/rest/api/content/{id}/child/attachment',
    '/rest/api/content/{id}/child/comment',
    '/rest/api/content/{id}/label',
    '/rest/api/content/search',
    '/rest/api/search',
    '/rest/api/space',
    '/rest/api/space/{spaceKey}',
    '/rest/api/user/current',
  ],
};

/** A request to try the rules on. */
export interface ExampleRequest {
  readonly method: ScopeMethod;
  readonly path: string;
}

const EXAMPLES: Readonly<Record<Product, readonly ExampleRequest[]>> = {
  jira: [
    { method: 'GET', path: '/rest/api/2/myself' },
    { method: 'GET', path: '/rest/api/2/issue/KANBAN-1' },
    { method: 'POST', path: '/rest/api/2/issue' },
    { method: 'DELETE', path: '/rest/api/2/issue/KANBAN-1' },
  ],
  confluence: [
    { method: 'GET', path: '/rest/api/user/current' },
    { method: 'GET', path: '/rest/api/content/65537' },
    { method: 'POST', path: '/rest/api/content' },
    { method: 'DELETE', path: '/rest/api/content/65537' },
  ],
};

/** Every known path where the system's tokens work. */
export function suggestedPaths({ places }: TokenSystemAnswer): readonly string[] {
  return places.flatMap(({ product, contextPath }) => RESOURCES[product].map((path) => contextPath + path));
}

/** A few requests, harmless and otherwise. */
export function exampleRequests({ places }: TokenSystemAnswer): readonly ExampleRequest[] {
  return places
    .slice(0, 1)
    .flatMap(({ product, contextPath }) => EXAMPLES[product].map((each) => ({ ...each, path: contextPath + each.path })));
}
