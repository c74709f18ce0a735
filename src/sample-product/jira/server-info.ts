// What the site says of itself [PRD-1]. Clients ask for serverInfo first and judge the version.
import { ok, type Route } from '../http.js';
import { requireLogin } from './access.js';
import type { Jira } from './jira.js';
import { jiraTime } from './wire-time.js';

/** The version whose answers the sample follows: the oldest long-term release still met in the field. */
const VERSION = [9, 12, 0] as const;
const BUILD_DATE = Date.UTC(2023, 10, 20);

export function serverInfoRoutes(jira: Jira): readonly Route[] {
  return [
    { method: 'GET', path: '/serverInfo', answer: () => ok(serverInfo(jira)) },
    {
      method: 'GET',
      path: '/configuration',
      answer(call) {
        requireLogin(jira, call);
        return ok(CONFIGURATION);
      },
    },
  ];
}

function serverInfo(jira: Jira) {
  return {
    baseUrl: jira.siteUrl(),
    version: VERSION.join('.'),
    versionNumbers: VERSION,
    deploymentType: 'Server',
    buildNumber: 912000,
    buildDate: jiraTime(BUILD_DATE),
    serverTime: jiraTime(jira.clock.now()),
    scmInfo: 'postern-sample',
    serverTitle: 'Postern sample Jira (in memory)',
  };
}

/** What the sample can do, in the shape of Jira's ConfigurationBean. */
const CONFIGURATION = {
  votingEnabled: false,
  watchingEnabled: false,
  unassignedIssuesAllowed: true,
  subTasksEnabled: false,
  issueLinkingEnabled: false,
  timeTrackingEnabled: false,
  attachmentsEnabled: true,
  timeTrackingConfiguration: { workingHoursPerDay: 8, workingDaysPerWeek: 5, timeFormat: 'pretty', defaultUnit: 'minute' },
};
