// Personal access tokens of both installations, held to the contract.
import { runPluginSuite } from './plugin-suite.js';
import { SUITES } from './suites.js';

for (const suite of [...SUITES['personal-access-tokens-jira'], ...SUITES['personal-access-tokens-confluence']]) runPluginSuite(suite);
