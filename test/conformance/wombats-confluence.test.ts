// Wombats "API Tokens" for Confluence, held to the contract.
import { runPluginSuite } from './plugin-suite.js';
import { SUITES } from './suites.js';

for (const suite of SUITES['wombats-confluence']) runPluginSuite(suite);
