// Which fields of an answer reach the client, and as what.
import { type Gate, request } from '../support/gate.js';
import { gatesOfThisFile } from './gates.js';

const gates = gatesOfThisFile();
const TARGET = '/jira/rest/api/2/myself';

describe('an answer', () => {
  let gate: Gate;
  let login: string;
  beforeAll(async () => {
    gate = await gates.at('gateway');
    login = await gates.login(gate);
  });

  /** Head lines that the client gets for this head of the product’s. */
  async function headFor(...fields: readonly string[]): Promise<readonly string[]> {
    const raw = Buffer.from(['HTTP/1.1 200 Fine', ...fields, 'Content-Length: 2', '', 'ok'].join('\r\n'), 'latin1').toString('base64');
    const { answer } = await gate.send(request('GET', TARGET, [login, `x-test-raw: ${raw}`]));
    expect(answer.body).toBe('ok');
    return (answer.raw.split('\r\n\r\n')[0] ?? '').split('\r\n');
  }

  it('keeps its fields, their order, case and repetition, and its reason phrase [GW-40]', async () => {
    const fields = ['X-b: 1', 'Vary: a', 'X-A: 2', 'x-B: 3', 'Vary: b', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'];
    const head = await headFor(...fields);
    expect(head.slice(0, 8)).toEqual(['HTTP/1.1 200 Fine', ...fields, 'Content-Length: 2']);
  });

  it('keeps bytes above ASCII in a value as they are [GW-40]', async () => {
    const name = Buffer.from('attachment; filename="r\u00e9sum\u00e9 \u2013.txt"', 'utf8').toString('latin1');
    expect(await headFor(`Content-Disposition: ${name}`)).toContain(`Content-Disposition: ${name}`);
  });

  it.each([
    ['Proxy-Authenticate: Basic', 'hop-by-hop'],
    ['Proxy-Connection: keep-alive', 'hop-by-hop'],
    ['Keep-Alive: timeout=99', 'hop-by-hop'],
    ['Upgrade: h2c', 'hop-by-hop'],
    ['X-Seraph-LoginReason: AUTHENTICATED_FAILED', 'ours stands instead'],
    ['X-AUSERNAME: somebody', 'ours stands instead'],
    ['Trailer: X-Sum', 'nothing follows a body of known length'],
  ])('loses %s: %s [GW-5, DIR-8]', async (field) => {
    expect(await headFor(field)).not.toContain(field);
  });

  it('loses what its Connection names [GW-5]', async () => {
    const head = await headFor('Connection: X-Hop, keep-alive', 'X-Hop: 1', 'X-Stays: 1');
    expect(head).not.toContain('X-Hop: 1');
    expect(head).toContain('X-Stays: 1');
  });

  it('says who was logged in, in the product’s own words [DIR-8]', async () => {
    expect(await headFor()).toEqual(expect.arrayContaining(['X-Seraph-LoginReason: OK', 'X-AUSERNAME: admin']));
  });

  it('with a reason phrase that HTTP does not allow keeps its status [GW-40]', async () => {
    const raw = Buffer.from('HTTP/1.1 200 Gr\u00fc\u00dfe \u2013 gut\r\nContent-Length: 2\r\n\r\nok', 'utf8').toString('base64');
    const { answer } = await gate.send(request('GET', TARGET, [login, `x-test-raw: ${raw}`]));
    expect([answer.status, answer.body]).toEqual([200, 'ok']);
  });
});
