// Files on issues: sent as multipart forms, kept in memory within a bound, given back for saving only [PRD-4].
import { LIMITS } from '../../core/index.js';
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { requireLogin, visibleIssue } from './access.js';
import { attachmentJson } from './issue-parts-json.js';
import type { Attachment, Issue } from './issue-store.js';
import type { Jira } from './jira.js';

export function attachmentRoutes(jira: Jira): readonly Route[] {
  return [
    { method: 'POST', path: '/issue/:issue/attachments', answer: (call) => attach(jira, call) },
    {
      method: 'GET',
      path: '/attachment/meta',
      answer(call) {
        requireLogin(jira, call);
        return ok({ enabled: true, uploadLimit: LIMITS.sampleUploadBytesMax });
      },
    },
    {
      method: 'GET',
      path: '/attachment/content/:attachment',
      answer: (call) => ({ status: 200, file: visibleAttachment(jira, call).attachment }),
    },
    {
      method: 'GET',
      path: '/attachment/:attachment',
      answer: (call) => ok(attachmentJson(jira, visibleAttachment(jira, call).attachment)),
    },
    {
      method: 'DELETE',
      path: '/attachment/:attachment',
      answer(call) {
        const { issue, attachment } = visibleAttachment(jira, call);
        jira.issues.removeAttachment(issue, attachment);
        return { status: 204 };
      },
    },
  ];
}

async function attach(jira: Jira, call: Call): Promise<Answer> {
  const { issue, caller } = visibleIssue(jira, call);
  // A whole upload's worth is held while it arrives, so that many at once cannot pass the bound together.
  jira.budget.take(LIMITS.sampleUploadBytesMax);
  const files = await call.files().finally(() => jira.budget.give(LIMITS.sampleUploadBytesMax));
  if (files.length === 0 || files.some(({ filename }) => filename === '')) {
    throw new SampleFault(400, 'Send each file in a part of its own, named "file" and with a file name.');
  }
  const now = jira.clock.now();
  return ok(files.map((file) => attachmentJson(jira, jira.issues.addAttachment(issue, file, caller.username, now))));
}

/** The attachment that the path names, or 404, also where it may not be seen. */
function visibleAttachment(jira: Jira, call: Call): { issue: Issue; attachment: Attachment } {
  const id = call.parameters['attachment'] ?? '';
  const found = call.caller === null ? null : jira.issues.findAttachment(id);
  if (found === null) throw new SampleFault(404, `The attachment with id '${id}' does not exist`);
  return found;
}
