// The state that the routes of the sample Confluence work on.
import type { SampleEnvironment } from '../environment.js';
import type { People } from '../people.js';
import type { ContentStore } from './space-store.js';

/** What the routes of the sample Confluence share. */
export interface Confluence extends SampleEnvironment {
  readonly contextPath: string;
  /** The public address with the context path: the beginning of every link. */
  siteUrl(): string;
  readonly people: People;
  readonly contents: ContentStore;
}
