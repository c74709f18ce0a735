// Comments and attachments as Jira writes them. `content` points below /rest, so that a gateway that forwards only that can deliver it [PRD-4].
import type { Attachment, Comment, Issue } from './issue-store.js';
import type { Jira } from './jira.js';
import { mentionedUserJson } from './user-json.js';
import { jiraTime } from './wire-time.js';

export function commentJson(jira: Jira, issue: Issue, comment: Comment) {
  return {
    self: `${jira.siteUrl()}/rest/api/2/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    author: mentionedUserJson(jira, comment.author),
    body: comment.body,
    updateAuthor: mentionedUserJson(jira, comment.updateAuthor),
    created: jiraTime(comment.created),
    updated: jiraTime(comment.updated),
  };
}

/** All comments of an issue, as its field `comment`. */
export function commentPageJson(jira: Jira, issue: Issue) {
  const comments = Array.from(issue.comments.values(), (comment) => commentJson(jira, issue, comment));
  return { comments, maxResults: comments.length, total: comments.length, startAt: 0 };
}

export function attachmentJson(jira: Jira, attachment: Attachment) {
  return {
    self: `${jira.siteUrl()}/rest/api/2/attachment/${attachment.id}`,
    id: attachment.id,
    filename: attachment.filename,
    author: mentionedUserJson(jira, attachment.author),
    created: jiraTime(attachment.created),
    size: attachment.content.byteLength,
    mimeType: attachment.mimeType,
    content: `${jira.siteUrl()}/rest/api/2/attachment/content/${attachment.id}`,
  };
}
