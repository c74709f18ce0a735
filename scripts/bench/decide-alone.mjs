// The decision alone: rules compiled as a token's are, the site policy of a server where none is written, paths none of which comes twice. Tells
// nanoseconds of the processor over IPC: whoever else uses the machine does not count.
import { compileLimitTo, compileSitePolicy, decide } from '../../dist/policy/index.js';
import { rules } from './rules.mjs';
import { median } from './table.mjs';

const BATCH = 20_000;
const BATCHES = 15;
const now = Date.now();

const policy = compileSitePolicy(null, { passwords: 'refuse', anonymous: 'refuse' });
const principal = {
  userId: 1,
  userKeys: { jira: 'JIRAUSER10100', confluence: '0123456789abcdef0123456789abcdef' },
  username: 'alice',
  displayName: 'Alice',
  emailAddress: 'alice@example.com',
  accountId: 'a1',
  isAdministrator: false,
  isActive: true,
};
const limits = [{ rules: compileLimitTo(rules(20).replaceAll('\n', '<br>')), addresses: null }];
const grant = { tokenRef: 'token-1', system: 'extender', validUntil: null, limits, isAnyone: false };
const identity = { kind: 'authenticated', principal, grant, scheme: 'basic', credentialDigest: 'digest' };

const times = [];
for (let batch = -5; batch < BATCHES; batch += 1) {
  const views = Array.from({ length: BATCH }, (_, index) => ({
    method: 'GET',
    path: `/jira/rest/api/2/issue/KANBAN-${(batch + 5) * BATCH + index}/small`,
    query: null,
    product: 'jira',
    contextPath: '/jira',
    peer: '127.0.0.1',
    clientAddress: '127.0.0.1',
    userAgent: 'bench/1.0',
    receivedAt: now,
  }));
  const begun = process.cpuUsage();
  let permitted = 0;
  for (const view of views) if (decide(view, identity, null, policy, { destination: 'upstream', now }).effect === 'permit') permitted += 1;
  const { user, system } = process.cpuUsage(begun);
  if (permitted !== BATCH) throw new Error(`${permitted} of ${BATCH} were permitted: this is not the decision that is meant`);
  if (batch >= 0) times.push(((user + system) * 1_000) / BATCH);
}
process.send({ nanoseconds: median(times) });
