// The issues that are there from the start: those that the published examples of token limits speak of [PRD-4].
import type { Instant } from '../../core/index.js';
import { SAMPLE_AUTHOR } from '../author.js';
import { DEFAULT_ISSUE_TYPE, DEFAULT_PRIORITY, projectOf } from './catalogue.js';
import type { IssueStore } from './issue-store.js';

const FIRST_ISSUES = [
  {
    project: 'KANBAN',
    number: 100,
    summary: 'Limit a token to the comments of this issue',
    comments: ['The first comment.', 'The second comment.'],
  },
  {
    project: 'SCRUM',
    number: 1,
    summary: 'Read the comments of this issue',
    comments: ['A token limited to SCRUM-1 and SCRUM-2 may read this.'],
  },
  {
    project: 'SCRUM',
    number: 2,
    summary: 'Read the comments of this issue, too',
    comments: ['A token limited to SCRUM-1 and SCRUM-2 may read this.'],
  },
  {
    project: 'SCRUM',
    number: 3,
    summary: 'Stay outside the limits',
    comments: ['A token limited to SCRUM-1 and SCRUM-2 may not read this.'],
  },
] as const;

/** Fills an empty store. */
export function seedIssues(issues: IssueStore, now: Instant): void {
  for (const { project, number, summary, comments } of FIRST_ISSUES) {
    const home = projectOf(project);
    if (home === null) throw new Error(`The catalogue has no project ${project}.`);
    const author = SAMPLE_AUTHOR.username;
    const fields = {
      summary,
      description: 'This issue is part of the sample, which lives in memory.',
      type: DEFAULT_ISSUE_TYPE,
      priority: DEFAULT_PRIORITY,
      assignee: null,
      reporter: author,
      labels: ['sample'],
    };
    const issue = issues.create(home, fields, author, now, number);
    for (const comment of comments) issues.addComment(issue, comment, author, now);
  }
}
