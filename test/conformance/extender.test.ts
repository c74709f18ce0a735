// Extender's tokens, held to the contract: in secure mode to all of it; outside it, in Bearer and without a user, to where they differ.
import { runPluginSuite } from './plugin-suite.js';
import { SUITES } from './suites.js';

for (const suite of SUITES.extender) runPluginSuite(suite);
