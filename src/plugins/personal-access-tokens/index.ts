// Data Center personal access tokens: one system, installed in Jira and in Confluence over one table. A token of the one never works in
// the other.
import type { Job, Plugin, PluginManifest } from '../../plugin-kit/contract.js';
import { createAdministration } from './administration.js';
import { createAuthenticator } from './authenticator.js';
import type { Desk } from './desk.js';
import { openHashes } from './hashes.js';
import { createJobs } from './jobs.js';
import { confluenceManifest, jiraManifest } from './manifest.js';
import { CONFLUENCE_PROFILE, JIRA_PROFILE, type PatProfile } from './profile.js';
import { createRestModule } from './rest.js';
import { openTokens } from './tokens.js';

function personalAccessTokens(profile: PatProfile, manifest: PluginManifest, jobsOf: (desk: Desk) => readonly Job[]): Plugin {
  return {
    manifest,
    async activate(host) {
      const desk = { host, profile, tokens: openTokens(host), hashes: openHashes(host) };
      return {
        authenticators: [createAuthenticator(desk)],
        restModules: [createRestModule(desk)],
        tokens: createAdministration(desk),
        jobs: jobsOf(desk),
      };
    },
  };
}

/** The installation in Jira, which also has the table, the properties and the jobs of both. */
export const personalAccessTokensJira: Plugin = personalAccessTokens(JIRA_PROFILE, jiraManifest, createJobs);

/** The installation in Confluence; carried together with the one in Jira. */
export const personalAccessTokensConfluence: Plugin = personalAccessTokens(CONFLUENCE_PROFILE, confluenceManifest, () => []);
