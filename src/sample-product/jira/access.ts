// Who may do what in the sample Jira: everybody who is logged in may everything, anonymous callers see no issue [PRD-6].
import type { Principal } from '../../core/index.js';
import { loginMissing } from '../caller.js';
import { SampleFault } from '../fault.js';
import type { Call } from '../http.js';
import type { Issue } from './issue-store.js';
import type { Jira } from './jira.js';

/** The caller, or Jira's 401. */
export function requireLogin(jira: Jira, call: Call): Principal {
  if (call.caller === null) throw loginMissing(jira.realm);
  return call.caller;
}

/** The caller and the issue that the path names, or 404: the same for an issue that is not there and one that may not be seen [PRD-6]. */
export function visibleIssue(jira: Jira, call: Call): { issue: Issue; caller: Principal } {
  const issue = call.caller === null ? null : jira.issues.find(call.parameters['issue'] ?? '');
  if (issue === null || call.caller === null) throw new SampleFault(404, 'Issue Does Not Exist');
  return { issue, caller: call.caller };
}
