// The state that the routes of the sample Jira work on.
import type { SampleEnvironment } from '../environment.js';
import type { People } from '../people.js';
import type { Sessions } from '../session.js';
import type { IssueStore } from './issue-store.js';

/** What the routes of the sample Jira share. */
export interface Jira extends SampleEnvironment {
  readonly contextPath: string;
  /** The public address with the context path: the beginning of every link. */
  siteUrl(): string;
  readonly people: People;
  readonly sessions: Sessions;
  readonly issues: IssueStore;
  readonly realm: string;
}
