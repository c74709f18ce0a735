// A client that went away between its request and the moment Postern turned to the product was waited for without end: its record stayed
// in flight, and its place in the queue before the product was never given back, so that some thousand of them closed it for everybody.
import { type Gate, request } from '../support/gate.js';
import { converse } from '../gateway/conversation.js';
import { gatesOfThisFile } from '../gateway/gates.js';

const gates = gatesOfThisFile(['gateway', {}]);
const TIMES = 20;

async function outcomesOf(gate: Gate, part: string): Promise<readonly (string | null | undefined)[]> {
  const records = await gate.records();
  return records.flatMap((record) => (record.kind === 'request' && record.path?.includes(part) === true ? [record.outcome] : []));
}

it.each([
  ['GET', '/jira/rest/api/2/left-read', ''],
  ['POST', '/jira/rest/api/2/left-write', 'body'],
  ['POST', '/jira/rest/extender/1.0/tokenTools/get-left', ''],
])('%s %s: every record ends, though the client has left before the product was asked [GW-41, AUD-1]', async (method, path, body) => {
  const gate = await gates.at('gateway');
  const login = await gates.login(gate);
  for (let index = 0; index < TIMES; index += 1) {
    const client = await converse(gate.postern.port);
    await client.write(request(method, `${path}/${index}`, [login], body));
    client.reset();
  }
  let outcomes = await outcomesOf(gate, path);
  for (let turn = 0; turn < 40 && outcomes.includes('in-flight'); turn += 1) outcomes = await outcomesOf(gate, path);
  expect(outcomes.filter((outcome) => outcome === 'in-flight')).toEqual([]);
});

it('a request that breaks off in its body gives its place back and is told so [GW-6, GW-52]', async () => {
  const gate = await gates.at('gateway');
  const login = await gates.login(gate);
  const path = '/jira/rest/api/2/broken-chunks';
  for (let index = 0; index < TIMES; index += 1) {
    const client = await converse(gate.postern.port);
    await client.write(`${request('POST', `${path}/${index}`, [login, 'Transfer-Encoding: chunked'])}3\r\nabc\r\nXX\r\n`);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
  }
  let outcomes = await outcomesOf(gate, path);
  for (let turn = 0; turn < 40 && outcomes.includes('in-flight'); turn += 1) outcomes = await outcomesOf(gate, path);
  expect(outcomes.filter((outcome) => outcome === 'in-flight')).toEqual([]);
});

it('bytes behind a request that is the last of its connection do not take its answer away [GW-6, GW-40]', async () => {
  const gate = await gates.at('gateway');
  const login = await gates.login(gate);
  const client = await converse(gate.postern.port);
  await client.write(
    `${request('GET', '/jira/rest/api/2/last', [login, 'Connection: close'])}GET /jira/rest/api/2/behind-the-last HTTP/1.1\r\n\r\n`,
  );
  expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  expect(gate.upstream.requests.some(({ target }) => target.includes('behind-the-last'))).toBe(false);
});
