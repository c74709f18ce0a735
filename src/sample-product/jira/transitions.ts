// The way through the statuses: from each to each other [PRD-4].
import { SampleFault } from '../fault.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { at } from '../json.js';
import { visibleIssue } from './access.js';
import { type Status, STATUSES } from './catalogue.js';
import { statusJson } from './catalogue-json.js';
import type { Jira } from './jira.js';

/** A transition's id, as Jira's simple workflow numbers them. */
const TRANSITIONS: readonly { readonly id: string; readonly to: Status }[] = STATUSES.map((to, index) => ({ id: `${index + 1}1`, to }));

export function transitionRoutes(jira: Jira): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/issue/:issue/transitions',
      answer(call) {
        visibleIssue(jira, call);
        return ok({
          expand: 'transitions',
          transitions: TRANSITIONS.map(({ id, to }) => ({ id, name: to.name, to: statusJson(jira, to) })),
        });
      },
    },
    { method: 'POST', path: '/issue/:issue/transitions', answer: (call) => makeTransition(jira, call) },
  ];
}

async function makeTransition(jira: Jira, call: Call): Promise<Answer> {
  const { issue } = visibleIssue(jira, call);
  const id = at(at(await call.json(), 'transition'), 'id');
  const transition = TRANSITIONS.find((candidate) => candidate.id === String(id));
  if (transition === undefined)
    throw new SampleFault(400, "The transition is not valid for the issue: it needs the id of one of the issue's transitions.");
  issue.status = transition.to;
  issue.updated = jira.clock.now();
  return { status: 204 };
}
