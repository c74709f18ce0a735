// docs/audit.md is what auditors write their programs by: its tables and examples are held to what the code writes.
import { readFileSync } from 'node:fs';
import { closeBody, requestBody, segmentBody } from '../../src/audit/body.js';
import { ChainedLines, NO_LINE } from '../../src/audit/chain.js';
import { sealCheckpoint } from '../../src/audit/checkpoint.js';
import { type Entry, readEntry } from '../../src/audit/entry.js';
import { toRecord } from '../../src/audit/to-record.js';
import { testKeys } from '../support/test-keys.js';
import { marks, permit, sampleRequest, tokenIdentity } from './samples.js';

const text = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/^\{.*\}$/gm)].map(([line]) => line);
const spoolId = '019c0000-0000-7000-8000-00000000000a';

const { id, receivedAt } = sampleRequest(1);
const ending = { outcome: 'forwarded', status: 200, code: null, bytesIn: 0, bytesOut: 17 } as const;
const chain = new ChainedLines(0, NO_LINE);
const bodies = [
  segmentBody(spoolId, 'north-1', 1, receivedAt, new Map()),
  requestBody(sampleRequest(1), tokenIdentity(), permit, marks),
  closeBody(id, 2, receivedAt + 12, 12.5, ending),
];
const chained = bodies.map((body) => {
  const before = chain.text.length;
  chain.add(body);
  return chain.text.slice(before).trimEnd();
});
const checkpoint = sealCheckpoint(4, spoolId, receivedAt + 5_000, chain.last, testKeys());
const lines = [...chained, checkpoint];
const [, opened, closed] = lines.map((line) => readEntry(line) as Entry);
const record = toRecord(opened as Entry, closed as Entry, 'north-1', false);

describe('docs/audit.md', () => {
  it('shows a record as it is exported, letter for letter [AUD-10]', () => {
    expect(examples[0]).toBe(JSON.stringify(record));
  });

  it('shows the lines of a spool as they are written, letter for letter [AUD-10]', () => {
    expect(examples.slice(1)).toEqual(lines);
  });

  it('documents every field of a record, in order, and no other [AUD-10]', () => {
    const table = text.slice(text.indexOf('| field | meaning |'), text.indexOf('| outcome | meaning |'));
    expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)).toEqual(Object.keys(record));
  });
});
