// One record in each format that a sink may be given, letter for letter, and whatever a client sends stays in its field [AUD-11, AUD-22].
import { toRecord } from '../../src/audit/to-record.js';
import { closeBody, requestBody } from '../../src/audit/body.js';
import { type Entry, readEntry, sealLine } from '../../src/audit/entry.js';
import type { AuditRecord } from '../../src/audit/contract.js';
import { formatRecord } from '../../src/audit/sinks/format.js';
import { toSyslog } from '../../src/audit/sinks/syslog-message.js';
import { marks, permit, sampleRequest, tokenIdentity } from './samples.js';

const read = (body: string) => readEntry(sealLine(2, body, '')) as Entry;
const ending = { outcome: 'forwarded', status: 200, code: null, bytesIn: 0, bytesOut: 17 } as const;

function record(changes: Partial<AuditRecord> = {}): AuditRecord {
  const { id, receivedAt } = sampleRequest(1);
  const opened = read(requestBody(sampleRequest(1), tokenIdentity(), permit, marks));
  return { ...toRecord(opened, read(closeBody(id, 2, receivedAt + 12, 12.5, ending)), 'north-1', false), ...changes };
}

it('JSON is the record as it is exported [AUD-22]', () => {
  expect(formatRecord(record(), 'json', '1.2.3')).toBe(JSON.stringify(record()));
});

it('CEF names who, what, from where and how it ended in its own keys [AUD-22]', () => {
  expect(formatRecord(record(), 'cef', '1.2.3')).toBe(
    'CEF:0|Postern|Postern|1.2.3|request|request permit forwarded|1|' +
      'rt=1769853600000 externalId=019c0000-0000-7000-8000-000000000001 dvchost=north-1 act=permit outcome=forwarded suser=charlie ' +
      'suid=JIRAUSER10100 src=192.0.2.10 requestMethod=GET request=/jira/rest/api/2/issue/KANBAN-1 requestClientApplication=curl/8.5.0 ' +
      'in=0 out=17 cn1=200 cn1Label=status cn2=2 cn2Label=sequence cs1=token-1 cs1Label=tokenRef cs2=extender cs2Label=system ' +
      'cs3=[get]/jira/rest/api/2/issue/.* cs3Label=rule cs4=019c0000-0000-7000-8000-000000000001 cs4Label=requestId ' +
      'cs5=c0ffee cs5Label=credentialDigest',
  );
});

it('OCSF is an event of class 6003 with what that class requires [AUD-22]', () => {
  const event = JSON.parse(formatRecord(record(), 'ocsf', '1.2.3')) as Record<string, unknown>;
  expect(event).toMatchObject({
    category_uid: 6,
    class_uid: 6003,
    activity_id: 2,
    type_uid: 600_302,
    severity_id: 1,
    status_id: 1,
    status_code: '200',
    time: 1_769_853_600_000,
    metadata: { version: '1.4.0', uid: record().id, product: { name: 'Postern', vendor_name: 'Postern', version: '1.2.3' } },
    actor: { user: { name: 'charlie', uid: 'JIRAUSER10100', credential_uid: 'token-1' } },
    api: { operation: 'GET', response: { code: 200 } },
    http_request: { http_method: 'GET', url: { path: '/jira/rest/api/2/issue/KANBAN-1' }, user_agent: 'curl/8.5.0' },
    src_endpoint: { ip: '192.0.2.10' },
    unmapped: record(),
  });
});

it.each([
  ['GET', 2],
  ['HEAD', 2],
  ['POST', 1],
  ['PUT', 3],
  ['PATCH', 3],
  ['DELETE', 4],
  ['PROPFIND', 99],
  [null, 99],
])('OCSF calls %s activity %i [AUD-22]', (method, activity) => {
  const event = JSON.parse(formatRecord(record({ method }), 'ocsf', '1')) as { activity_id: number; type_uid: number };
  expect([event.activity_id, event.type_uid]).toEqual([activity, 600_300 + activity]);
});

it.each([
  [{ outcome: 'forwarded' }, 110, '|1|', 1],
  [{ outcome: 'refused', decision: 'deny' }, 108, '|5|', 2],
  [{ outcome: 'failed', status: 502 }, 107, '|7|', 3],
  [{ outcome: 'unknown', status: null }, 107, '|7|', 3],
] as const)('is as grave as it was: %j [AUD-22]', (changes, priority, cef, ocsf) => {
  expect(toSyslog(record(changes as Partial<AuditRecord>), 'json', '1')).toContain(` <${priority}>1 `.trimStart());
  expect(formatRecord(record(changes as Partial<AuditRecord>), 'cef', '1')).toContain(cef);
  expect(JSON.parse(formatRecord(record(changes as Partial<AuditRecord>), 'ocsf', '1'))).toMatchObject({ severity_id: ocsf });
});

const HOSTILE = 'a|b=c\\d\r\nCEF:0|e\u2028\u001b[2J"f\u0000é';

it.each(['json', 'cef', 'ocsf'] as const)(
  '%s keeps what a client sends within its field, on its line, and printable [AUD-11]',
  (format) => {
    const line = formatRecord(record({ actor: HOSTILE, userAgent: HOSTILE, path: HOSTILE }), format, '1');
    expect(line).toMatch(/^[ -~]+$/);
    if (format !== 'cef') expect(line).toContain(JSON.stringify('a|b=c\\d\r\nCEF:0|e').slice(1, -1));
    else expect(line).toContain('suser=a|b\\=c\\\\d\\nCEF:0|e\\\\u2028\\\\u001b[2J"f\\\\u0000\\\\u00e9 ');
  },
);

it('syslog counts the octets that follow [AUD-22]', () => {
  const framed = toSyslog(record({ node: 'a b\u00e9' }), 'cef', '1');
  const [, count = '', message = ''] = /^(\d+) (.*)$/s.exec(framed) ?? [];
  expect(Buffer.byteLength(message)).toBe(Number(count));
  expect(message).toMatch(/^<110>1 2026-01-31T10:00:00\.000Z a_b_ postern - request - CEF:0\|/);
});
