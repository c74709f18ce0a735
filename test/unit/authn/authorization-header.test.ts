import { inspect } from 'node:util';
import { parseAuthorization } from '../../../src/authn/authorization-header.js';

const encode = (text: string | Buffer): string => Buffer.from(text as string).toString('base64');

describe('the Authorization header', () => {
  it.each([
    [`Basic ${encode('admin:secret')}`, 'admin', 'secret', 'plain'],
    [`basic ${encode('admin:secret')}`, 'admin', 'secret', 'the scheme has no case'],
    [`BASIC   ${encode('admin:secret')}`, 'admin', 'secret', 'several blanks'],
    [`Basic ${encode('admin:pa:ss')}`, 'admin', 'pa:ss', 'split at the first colon'],
    [`Basic ${encode('admin::')}`, 'admin', ':', 'a colon alone'],
    [`Basic ${encode('jürgen:größe')}`, 'jürgen', 'größe', 'UTF-8'],
    [`Basic ${encode(':token')}`, '', 'token', 'no name'],
    [`Basic ${encode('ab:cd').replace(/=+$/, '')}`, 'ab', 'cd', 'padding left out'],
  ])('reads %s as a Basic credential: %s / %s (%s) [GW-10]', (value, username, secret) => {
    const header = parseAuthorization(value);
    if (header.kind !== 'credential' || header.credential.scheme !== 'basic') throw new Error(`read as ${header.kind}`);
    expect([header.credential.username, header.credential.secret.reveal()]).toEqual([username, secret]);
  });

  it('keeps the scheme of a bearer token as it was written [GW-10, PAT-10]', () => {
    const header = parseAuthorization('bEaReR abc.DEF-123_~+/==');
    if (header.kind !== 'credential') throw new Error('not read');
    expect([header.credential.scheme, header.credential.schemeAsWritten, header.credential.secret.reveal()]).toEqual([
      'bearer',
      'bEaReR',
      'abc.DEF-123_~+/==',
    ]);
  });

  it.each([
    ['', 'empty'],
    ['Basic', 'no value'],
    ['Basic ', 'a blank and no value'],
    ['Basic !!!!', 'not base64'],
    ['Basic YWRtaW4', 'no colon within'],
    [`Basic ${encode('a:b')} x`, 'something behind'],
    [`Basic\t${encode('a:b')}`, 'a tab'],
    [`Basic ${encode(Buffer.from([0xff, 0x3a, 0x61]))}`, 'not UTF-8'],
    [`Basic ${encode('a\n:b')}`, 'a control character'],
    [`Basic ${encode('a:b\u0000')}`, 'NUL'],
    ['Basic YTpi=', 'padding that does not fit'],
    ['Bearer a b', 'two words'],
    ['Bearer a,b', 'a comma'],
    ['Bearer =', 'padding alone'],
    ['Digest x', 'another scheme'],
    ['XBasic YTpi', 'a scheme that ends in Basic'],
    ['"Basic" YTpi', 'quoted'],
  ])('takes %j for a malformed credential, never for none: %s [GW-10, GW-15]', (value) => {
    expect(parseAuthorization(value).kind).toBe('malformed');
  });

  it('is absent only when it is not there', () => {
    expect(parseAuthorization(null)).toEqual({ kind: 'absent' });
  });

  it('does not print what it holds [AUD-11]', () => {
    const header = parseAuthorization('Bearer hunter2hunter2');
    const printed = `${JSON.stringify(header)} ${inspect(header, { depth: 9 })}`;
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('[redacted]');
  });

  it('is 431 when it is longer than any credential can be [GW-10]', () => {
    expect(() => parseAuthorization(`Bearer ${'x'.repeat(4_100)}`)).toThrow(
      expect.objectContaining({ code: 'request.credential-too-long', status: 431 }) as Error,
    );
  });
});
