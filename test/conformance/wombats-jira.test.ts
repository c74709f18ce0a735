// Wombats "API Tokens" for Jira, held to the contract.
import { TOKEN_KINDS } from '../support/samples.js';
import { runPluginSuite } from './plugin-suite.js';

for (const samples of TOKEN_KINDS['wombats-jira'] ?? []) runPluginSuite({ samples });
