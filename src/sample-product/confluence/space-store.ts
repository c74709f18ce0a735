// Spaces and pages, in memory. Everything kept is paid for from the budget.
import type { Instant } from '../../core/index.js';
import { type Budget, recordBytes } from '../budget.js';
import { SampleFault } from '../fault.js';

export interface Space {
  readonly id: number;
  readonly key: string;
  readonly name: string;
}

export const SPACES: readonly Space[] = [{ id: 65537, key: 'DS', name: 'Demonstration Space' }];

/** The space with this key; case does not count, as in Confluence. */
export function spaceOf(key: string): Space | null {
  return SPACES.find((space) => space.key === key.toUpperCase()) ?? null;
}

export const CONTENT_TYPES = ['page', 'blogpost'] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

/** What a client may set. */
export interface ContentFields {
  readonly title: string;
  /** In the storage format. */
  readonly body: string;
  readonly parentId: string | null;
}

export interface Version {
  readonly number: number;
  readonly by: string;
  readonly when: Instant;
  readonly message: string;
}

export interface Content {
  readonly id: string;
  readonly type: ContentType;
  readonly space: Space;
  readonly creator: string;
  readonly created: Instant;
  fields: ContentFields;
  version: Version;
}

/** All pages and blog posts; ids are never used twice. */
export class ContentStore {
  readonly #budget: Budget;
  readonly #byId = new Map<string, Content>();
  #lastId = 65_538;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Throws 507 where there is no room. */
  create(type: ContentType, space: Space, fields: ContentFields, version: Version): Content {
    this.#budget.take(contentBytes(fields, version));
    const content: Content = { id: String(this.#lastId++), type, space, creator: version.by, created: version.when, fields, version };
    this.#byId.set(content.id, content);
    return content;
  }

  find(id: string): Content | null {
    return this.#byId.get(id) ?? null;
  }

  /** The oldest first. */
  all(): readonly Content[] {
    return [...this.#byId.values()];
  }

  /** Another content of this title in the space, or null: titles are unique there, case does not count. */
  titled(type: ContentType, space: Space, title: string): Content | null {
    const wanted = title.toLowerCase();
    return (
      this.all().find((content) => content.type === type && content.space === space && content.fields.title.toLowerCase() === wanted) ??
      null
    );
  }

  change(content: Content, fields: ContentFields, version: Version): void {
    this.#budget.take(contentBytes(fields, version));
    this.#budget.give(contentBytes(content.fields, content.version));
    content.fields = fields;
    content.version = version;
  }

  remove(content: Content): void {
    if (this.#byId.delete(content.id)) this.#budget.give(contentBytes(content.fields, content.version));
  }
}

/** 404 in Confluence's words: the same for what is not there and what may not be seen. */
export function contentMissing(id: string): SampleFault {
  return new SampleFault(404, `No content found with id: ContentId{id=${id}}`);
}

function contentBytes({ title, body }: ContentFields, { message }: Version): number {
  return recordBytes(title, body, message);
}
