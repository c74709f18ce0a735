// Issues with their comments and attachments, in memory. Everything kept is paid for from the budget.
import type { Instant } from '../../core/index.js';
import { type Budget, recordBytes } from '../budget.js';
import { SampleFault } from '../fault.js';
import { FIRST_STATUS, type Named, PROJECTS, type Project, type Status } from './catalogue.js';

/** What a client may set of an issue. People are named by their user name. */
export interface IssueFields {
  readonly summary: string;
  readonly description: string | null;
  readonly type: Named;
  readonly priority: Named;
  readonly assignee: string | null;
  readonly reporter: string;
  readonly labels: readonly string[];
}

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly created: Instant;
  body: string;
  updateAuthor: string;
  updated: Instant;
}

export interface Attachment {
  readonly id: string;
  readonly author: string;
  readonly created: Instant;
  readonly filename: string;
  readonly mimeType: string;
  readonly content: Buffer;
}

export interface Issue {
  readonly id: string;
  readonly key: string;
  readonly project: Project;
  /** The number in the key. */
  readonly number: number;
  readonly creator: string;
  readonly created: Instant;
  readonly comments: Map<string, Comment>;
  readonly attachments: Map<string, Attachment>;
  fields: IssueFields;
  status: Status;
  updated: Instant;
}

/** All issues; ids and keys are never used twice. */
export class IssueStore {
  readonly #budget: Budget;
  readonly #byId = new Map<string, Issue>();
  readonly #idByKey = new Map<string, string>();
  readonly #lastNumber = new Map<Project, number>(PROJECTS.map((project) => [project, 0]));
  #lastId = 10_000;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Adds an issue with the project's next number, or with `number` where that is higher. Throws 507. */
  create(project: Project, fields: IssueFields, creator: string, now: Instant, number = 0): Issue {
    this.#budget.take(fieldBytes(fields));
    const next = Math.max(number, (this.#lastNumber.get(project) ?? 0) + 1);
    this.#lastNumber.set(project, next);
    const issue: Issue = {
      id: this.#nextId(),
      key: `${project.key}-${next}`,
      project,
      number: next,
      creator,
      created: now,
      comments: new Map(),
      attachments: new Map(),
      fields,
      status: FIRST_STATUS,
      updated: now,
    };
    this.#byId.set(issue.id, issue);
    this.#idByKey.set(issue.key, issue.id);
    return issue;
  }

  /** By id, or by key in any case, as Jira does. */
  find(idOrKey: string): Issue | null {
    return this.#byId.get(this.#idByKey.get(idOrKey.toUpperCase()) ?? idOrKey) ?? null;
  }

  /** The newest first. */
  all(): readonly Issue[] {
    return [...this.#byId.values()].reverse();
  }

  /** Throws 404 where the issue was removed meanwhile: requests wait for their bodies between looking and changing. The same holds for all that follow. */
  change(issue: Issue, changes: Partial<IssueFields>, now: Instant): void {
    this.#mustBeThere(this.#byId.get(issue.id) === issue);
    const fields = { ...issue.fields, ...changes };
    this.#pay(fieldBytes(fields), fieldBytes(issue.fields));
    issue.fields = fields;
    issue.updated = now;
  }

  remove(issue: Issue): void {
    for (const comment of issue.comments.values()) this.removeComment(issue, comment);
    for (const attachment of issue.attachments.values()) this.removeAttachment(issue, attachment);
    this.#budget.give(fieldBytes(issue.fields));
    this.#idByKey.delete(issue.key);
    this.#byId.delete(issue.id);
  }

  addComment(issue: Issue, body: string, author: string, now: Instant): Comment {
    this.#mustBeThere(this.#byId.get(issue.id) === issue);
    this.#budget.take(recordBytes(body));
    const comment: Comment = { id: this.#nextId(), author, created: now, body, updateAuthor: author, updated: now };
    issue.comments.set(comment.id, comment);
    issue.updated = now;
    return comment;
  }

  changeComment(issue: Issue, comment: Comment, body: string, author: string, now: Instant): void {
    this.#mustBeThere(issue.comments.get(comment.id) === comment);
    this.#pay(recordBytes(body), recordBytes(comment.body));
    comment.body = body;
    comment.updateAuthor = author;
    comment.updated = now;
  }

  removeComment(issue: Issue, comment: Comment): void {
    if (issue.comments.delete(comment.id)) this.#budget.give(recordBytes(comment.body));
  }

  addAttachment(issue: Issue, file: Pick<Attachment, 'filename' | 'mimeType' | 'content'>, author: string, now: Instant): Attachment {
    this.#mustBeThere(this.#byId.get(issue.id) === issue);
    this.#budget.take(attachmentBytes(file));
    const attachment: Attachment = { id: this.#nextId(), author, created: now, ...file };
    issue.attachments.set(attachment.id, attachment);
    issue.updated = now;
    return attachment;
  }

  /** By its id, with the issue it hangs on. */
  findAttachment(id: string): { issue: Issue; attachment: Attachment } | null {
    for (const issue of this.#byId.values()) {
      const attachment = issue.attachments.get(id);
      if (attachment !== undefined) return { issue, attachment };
    }
    return null;
  }

  removeAttachment(issue: Issue, attachment: Attachment): void {
    if (issue.attachments.delete(attachment.id)) this.#budget.give(attachmentBytes(attachment));
  }

  #mustBeThere(isThere: boolean): void {
    if (!isThere) throw new SampleFault(404, 'Issue Does Not Exist');
  }

  #nextId(): string {
    return String(this.#lastId++);
  }

  /** The new before the old is given back: where it does not fit, nothing has changed. */
  #pay(after: number, before: number): void {
    this.#budget.take(after);
    this.#budget.give(before);
  }
}

function fieldBytes(fields: IssueFields): number {
  return recordBytes(fields.summary, fields.description, ...fields.labels);
}

function attachmentBytes(file: Pick<Attachment, 'filename' | 'mimeType' | 'content'>): number {
  return recordBytes(file.filename, file.mimeType) + file.content.byteLength;
}
