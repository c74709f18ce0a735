// What stands in a line, and what must not.
import fc from 'fast-check';
import { actBody, loginBody, malformedBody, requestBody } from '../../src/audit/body.js';
import { readEntry, readHead, sealLine } from '../../src/audit/entry.js';
import { quote } from '../../src/audit/quote.js';
import { queryNames } from '../../src/audit/redact.js';
import { type Identity, LIMITS } from '../../src/core/index.js';
import { charlie, deny, marks, permit, sampleRequest, tokenIdentity } from './samples.js';

const line = (body: string) => `${sealLine(5, body, 'A'.repeat(43))}\n`;
const read = (body: string) => JSON.parse(line(body)) as Record<string, unknown>;

/** One line of printable ASCII and the line feed at its end, whatever a reader takes for the end of a line. */
function expectOneLine(text: string): void {
  expect(text).toMatch(/^[ -~]*\n$/);
}

describe('a text in a line', () => {
  it.each([
    ['a line feed and a whole record', 'eve"}\n{"v":1,"seq":6,"e":"open","id":"forged","decision":"permit"}'],
    ['carriage return', 'eve\r{"v":1}'],
    ['a quote and a backslash', 'eve\\","decision":"permit","x":"'],
    ['NUL and escape', 'eve\u0000\u001b[2J'],
    ['DEL', 'eve\u007f'],
    ['C1 controls, which terminals obey', 'eve\u009b31m\u0085'],
    ['line and paragraph separators, which some readers split at', 'eve\u2028{}\u2029{}'],
    ['marks that turn the reading direction', 'eve\u202e}tpmirep'],
    ['half a surrogate pair', 'eve\ud800'],
    ['letters of other scripts', 'Ève 夏娃 😀'],
  ])('stays in its quotes and on its line: %s [AUD-11]', (_what, name) => {
    const principal = { ...charlie, username: name };
    const texts = [
      line(
        requestBody(
          sampleRequest(1, { userAgent: name, path: name, clientAddress: name, requestId: name }),
          tokenIdentity(name, principal),
          permit,
          marks,
        ),
      ),
      line(loginBody('id', 0, name, name)),
      line(
        actBody('id', 0, {
          action: 'user.changed',
          actor: principal,
          system: name,
          tokenRef: name,
          clientAddress: name,
          detail: { [name]: name },
        }),
      ),
      line(malformedBody('id', 0, name, 'request.malformed', 1)),
    ];
    for (const text of texts) {
      expectOneLine(text);
      expect(readHead(text.trimEnd())?.seq).toBe(5);
    }
    const [request, login, act] = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect([request?.['actor'], login?.['actor'], act?.['detail']]).toEqual([name, name, { [name]: name }]);
  });

  it('is read again as it was, whatever it is [AUD-11]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const quoted = quote(text);
        expect(JSON.parse(quoted)).toBe(text);
        expect(quoted).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the query', () => {
  it.each<[string | null, readonly string[] | null, string]>([
    [null, null, 'no query'],
    ['', [], 'an empty one'],
    ['jql=project%3DX&maxResults=5', ['jql', 'maxResults'], 'names in order'],
    ['expand=a&expand=b', ['expand'], 'each once'],
    ['a%20b=1&%C3%A9=2', ['a%20b', '%C3%A9'], 'as they came'],
    ['a=SECRET=SECRET', ['a'], 'a value with an equals sign'],
    ['a=1;b=SECRET', ['a'], 'semicolons separate nothing'],
    ['deleteSubtasks', ['deleteSubtasks'], 'a word that stands alone is a name'],
    ['0123456789abcdefghijklmnopqrstuv', ['…'], 'a token that was pasted without a name'],
    ['c2VjcmV0dG9rZW4x=', ['…'], 'the same, base64 with its padding'],
    ['c2VjcmV0dG9rZW4x==', ['…'], 'two characters of padding'],
    [`${'n'.repeat(65)}=1`, ['…'], 'longer than any name'],
    ['=SECRET', [''], 'a value without a name'],
    ['&&a=1&&', ['a'], 'empty pieces'],
    ['a=&b=1', ['a', 'b'], 'an empty value'],
    ['abc12=x==', ['…'], 'what may be padding is not taken for a value'],
  ])('%p is recorded as %p: %s [AUD-10, AUD-11]', (query, names, _why) => {
    expect(queryNames(query)).toEqual(names);
  });

  it('never leaves a value in the line [AUD-11]', () => {
    const query = 'token=SECRET-1&password=SECRET-2&x=%53%45CRET&SECRET3=';
    const text = line(requestBody(sampleRequest(1, { query, target: `/jira/rest/x?${query}` }), tokenIdentity(), permit, marks));
    expect(text).not.toMatch(/SECRET|%53/);
    expect(JSON.parse(text)).toMatchObject({ queryNames: ['token', 'password', 'x', '…'] });
  });
});

describe('the entry of a decision', () => {
  it('holds what an auditor needs and leaves out what is not there [AUD-10]', () => {
    expect(read(requestBody(sampleRequest(1), tokenIdentity(), permit, marks))).toEqual({
      v: 1,
      seq: 5,
      e: 'open',
      id: sampleRequest(1).id,
      at: sampleRequest(1).receivedAt,
      decision: 'permit',
      actor: 'charlie',
      userKey: 'JIRAUSER10100',
      system: 'extender',
      tokenRef: 'token-1',
      counts: true,
      credentialDigest: 'c0ffee',
      method: 'GET',
      path: '/jira/rest/api/2/issue/KANBAN-1',
      queryNames: ['expand'],
      clientAddress: '192.0.2.10',
      peer: '127.0.0.1',
      userAgent: 'curl/8.5.0',
      rule: '[get]/jira/rest/api/2/issue/.*',
      statement: 'permit everyone',
      prev: 'A'.repeat(43),
    });
  });

  it.each<[string, Identity, object, readonly string[]]>([
    [
      'a password is no use of a token',
      { ...tokenIdentity(), grant: null } as Identity,
      { actor: 'charlie', system: 'password' },
      ['counts', 'tokenRef'],
    ],
    [
      'anonymous: nobody',
      { kind: 'anonymous', because: 'no-credential', credentialDigest: null },
      {},
      ['actor', 'system', 'counts', 'credentialDigest'],
    ],
    [
      'anonymous after a wrong Bearer value: its digest, so that it can be looked up',
      { kind: 'anonymous', because: 'wrong-bearer', credentialDigest: 'd1' },
      { credentialDigest: 'd1' },
      ['actor', 'counts'],
    ],
    [
      'a token that is recognised and not accepted is not used',
      { kind: 'unaccepted', fault: 'expired', scheme: 'basic', tokenRef: 't', system: 'extender', credentialDigest: 'd2' },
      { tokenRef: 't', system: 'extender', fault: 'expired', credentialDigest: 'd2' },
      ['actor', 'counts'],
    ],
    [
      'a wrong credential',
      { kind: 'unaccepted', fault: 'unknown', scheme: null, tokenRef: null, system: null, credentialDigest: null },
      { fault: 'unknown' },
      ['actor', 'tokenRef', 'counts'],
    ],
    ['nobody could find out', { kind: 'unknown', credentialDigest: null }, { decision: 'deny' }, ['actor', 'counts', 'tokenRef']],
    [
      'a token without a user is flagged, also when it is refused [EXT-5]',
      tokenIdentity('t', charlie, true),
      { flags: ['anyone'], counts: true },
      [],
    ],
  ])('%s', (_what, identity, present, absent) => {
    const entry = read(requestBody(sampleRequest(1), identity, deny, marks));
    expect(entry).toMatchObject({ decision: 'deny', code: 'policy.limits', ...present });
    for (const name of absent) expect(entry).not.toHaveProperty(name);
  });

  it('names the user by the key of the product that was asked', () => {
    const entry = read(requestBody(sampleRequest(1, { product: 'confluence' }), tokenIdentity(), permit, marks));
    expect(entry['userKey']).toBe(charlie.userKeys.confluence);
  });

  it('carries the marks that the switches ask for [EXT-44, AUD-5]', () => {
    const entry = read(requestBody(sampleRequest(1), tokenIdentity(), permit, { inProductLog: false, inUsageDetails: false }));
    expect(entry).toMatchObject({ inProductLog: false, inUsageDetails: false });
  });

  it('cuts a user agent to what a record keeps', () => {
    const entry = read(requestBody(sampleRequest(1, { userAgent: 'u'.repeat(5_000) }), tokenIdentity(), permit, marks));
    expect(entry['userAgent']).toHaveLength(LIMITS.userAgentLengthMax);
  });

  it('keeps a request id that a trusted proxy gave beside its own', () => {
    expect(read(requestBody(sampleRequest(1, { requestId: 'proxy-7' }), tokenIdentity(), permit, marks))['requestId']).toBe('proxy-7');
  });
});

describe('a line that is read again', () => {
  it.each([
    ['{"v":1,"seq":5,"e":"open","id":"x","at":0', 'not whole'],
    ['{"v":2,"seq":5,"e":"open","id":"x","at":0}', 'another version'],
    ['{"v":1,"seq":-5,"e":"open","id":"x","at":0}', 'no number'],
    ['{"v":1,"seq":5,"e":"open","id":"x","at":\0}', 'zeros'],
    ['{"v":1,"seq":5,"e":"open","id":"x",}', 'not JSON'],
    ['', 'empty'],
    ['null', 'something else'],
  ])('is none of ours when it is %p: %s', (text) => {
    expect(readEntry(text)).toBeNull();
  });
});
