// The session of Postern's own pages and what is forwarded never meet: a product neither sees the cookie nor sets it.
import { inboundHeaders, outboundHeaders } from '../../src/gateway/upstream-headers.js';

function forwardedCookies(...cookies: readonly string[]): readonly string[] {
  const headers = outboundHeaders(
    {
      rawHeaders: cookies.flatMap((value) => ['Cookie', value]),
      isPeerTrusted: false,
      keepsCookies: true,
      ours: [],
      host: 'jira.internal',
      contentLength: null,
    },
    { identityHeaders: new Set() },
  );
  return headers.filter((_value, index) => headers[index - 1] === 'Cookie' && index % 2 === 1);
}

it.each([
  ['alone', ['postern-session=abc'], []],
  ['under TLS', ['__Host-postern-session=abc'], []],
  ['between others', ['JSESSIONID=1; postern-session=abc; atl.xsrf.token=2'], ['JSESSIONID=1; atl.xsrf.token=2']],
  ['first', ['postern-session=abc; JSESSIONID=1'], ['JSESSIONID=1']],
  ['without blanks, twice', ['a=1;postern-session=x;postern-session=y;b=2'], ['a=1;b=2']],
  ['in a header of its own', ['postern-session=abc', 'JSESSIONID=1'], ['JSESSIONID=1']],
  ['with blanks around its name', ['a=1;  postern-session =abc'], ['a=1']],
])('the cookie is not forwarded: %s', (_name, sent, forwarded) => {
  expect(forwardedCookies(...sent)).toEqual(forwarded);
});

it('other cookies pass byte for byte', () => {
  const value = 'JSESSIONID=1;x="a b"; my-postern-session=2;  odd';
  expect(forwardedCookies(value)).toEqual([value]);
});

it.each([
  ['postern-session=chosen; Path=/', false],
  ['__Host-postern-session=chosen; Path=/; Secure', false],
  [' postern-session =chosen', false],
  ['JSESSIONID=1; Path=/jira', true],
])('a product cannot set it: %s passes: %s', (value, passes) => {
  const headers = inboundHeaders(
    ['Set-Cookie', value],
    {
      keepsCookies: true,
      keepsChallenges: true,
      upstreamOrigin: 'http://jira.internal:8080',
      ownOrigin: 'http://localhost:2990',
      replaced: new Set(),
    },
    true,
  );
  expect(headers).toEqual(passes ? ['Set-Cookie', value] : []);
});
