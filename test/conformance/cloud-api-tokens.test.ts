// The cloud's API tokens and organization keys, held to the contract.
import { runPluginSuite } from './plugin-suite.js';
import { SUITES } from './suites.js';

for (const suite of SUITES['cloud-api-tokens']) runPluginSuite(suite);
