import { parserErrorCode } from '../../../src/gateway/entry.js';

describe('what node’s parser refuses', () => {
  it.each([
    ['HPE_HEADER_OVERFLOW', 'request.headers-too-large'],
    ['HPE_INVALID_METHOD', 'request.method-unknown'],
    ['ERR_HTTP_REQUEST_TIMEOUT', 'request.timeout'],
    ['HPE_INVALID_VERSION', 'request.malformed'],
    ['HPE_LF_EXPECTED', 'request.malformed'],
    ['', 'request.malformed'],
  ])('%s is %s [GW-3, GW-6, GW-52]', (code, expected) => {
    expect(parserErrorCode(code)).toBe(expected);
  });
});
