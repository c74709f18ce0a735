// `postern explain` against a running server, as somebody at a terminal asks [GW-25].
import { runExplainCommand, type ExplainOptions } from '../../src/cli/explain.js';
import type { ExplainAnswer } from '../../src/admin/explain-types.js';
import { makeToken, runPostern, type RunningPostern } from '../directory/running-postern.js';

const MYSELF = '/jira/rest/api/2/myself';

let node: RunningPostern;
let token: string;

beforeAll(async () => {
  node = await runPostern();
  await makeToken(node, ['admin', 'admin'], { userName: 'user', limitTo: '[get] glob:/rest/api/2/myself<br>.*/none', ip: '127.0.0.1' });
  const listed = await node.ask({ path: '/api/v1/tokens', as: ['admin', 'admin'] });
  const [first] = (JSON.parse(listed.text) as { tokens: readonly { system: string; tokenRef: string }[] }).tokens;
  token = `${first?.system}/${first?.tokenRef}`;
});

afterAll(() => node.close());

async function run(method: string, url: string, options: Partial<ExplainOptions>, input: string | null = 'admin\n', environment = {}) {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await runExplainCommand(
    method,
    url,
    { login: 'admin', ...options },
    {
      environment: { POSTERN_PORT: String(node.port), ...environment },
      flags: [],
      clock: node.clock,
      readInput: async () => input,
      print: (line) => printed.push(line),
      complain: (line) => complained.push(line),
    },
  );
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
}

it('says why a request is permitted, with exit code 0', async () => {
  const { code, printed, complained } = await run('get', MYSELF, { token });
  expect([code, complained]).toEqual([0, '']);
  expect(printed).toContain('PERMIT: The request is permitted.');
  expect(printed).toContain(`GET ${MYSELF} from 127.0.0.1`);
  expect(printed).toContain('  +          [get] glob:/rest/api/2/myself');
  expect(printed).toContain('  - path     .*/none');
  expect(printed).toContain(`The narrowest rule that permits it: [get]${MYSELF}`);
  expect(printed).toContain('Wide: Without [get] or the like it permits every method. (.*/none)');
});

it('says why one is denied, with exit code 2', async () => {
  const { code, printed } = await run('POST', `${MYSELF}?a=1`, { token, address: '192.0.2.1' });
  expect(code).toBe(2);
  expect(printed).toContain('DENY 403 policy.address');
  expect(printed).toContain(`POST ${MYSELF}?a=1 from 192.0.2.1`);
  expect(printed).toContain('  - method   [get] glob:/rest/api/2/myself');
  expect(printed).toContain('  - address  127.0.0.1');
  expect(printed).toContain('No rule of the token would permit it.');
});

it('says of a target that is refused before anything is judged what refuses it', async () => {
  const { code, printed } = await run('GET', '/jira/rest/../admin', { token });
  expect([code, printed.split('\n')[0]]).toEqual([2, 'DENY 400 request.malformed: The request path is not accepted: a dot segment.']);
});

it('tries rules, and prints the answer as it came', async () => {
  const { code, printed } = await run('GET', MYSELF, { limitTo: '[post].*', ip: '0.0.0.0/0', json: true });
  const answer = JSON.parse(printed) as ExplainAnswer;
  expect([code, answer.decision.code]).toEqual([2, 'policy.limits']);
  expect(answer.warnings.map(({ code: warned }) => warned)).toEqual(['any-path', 'any-address']);
});

it('takes the password from the environment too', async () => {
  expect((await run('GET', MYSELF, { token, login: 'user' }, null, { POSTERN_USER_PASSWORD: 'user' })).code).toBe(0);
});

it.each<[string, Partial<ExplainOptions>, string | null, string]>([
  ['no password', { limitTo: '.*' }, null, 'There is no password.'],
  ['a wrong one', { limitTo: '.*' }, 'wrong', 'answered 401'],
  ['nothing to explain', {}, 'admin', 'There is nothing to explain.'],
  ['no reference', { token: 'extender' }, 'admin', 'names no token'],
  ['an unknown token', { token: 'extender/nothing' }, 'admin', 'answered 404: There is no such token.'],
  ['a rule that is refused', { limitTo: 'glob:rest' }, 'admin', 'limitTo: rule 1, column 6'],
  ['an address that is none', { limitTo: '.*', server: 'jira' }, 'admin', 'is not the address of a server'],
  ['a server that is not there', { limitTo: '.*', server: 'http://127.0.0.1:1' }, 'admin', 'does not answer'],
])('says what is wrong and prints nothing, with exit code 1: %s', async (_name, options, input, text) => {
  const { code, printed, complained } = await run('GET', MYSELF, options, input);
  expect([code, printed]).toEqual([1, '']);
  expect(complained).toContain(text);
  if (input !== null) expect(complained).not.toContain(`:${input}`);
});
