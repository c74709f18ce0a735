// Which paths some server could read as one below /rest: those are never passed on unjudged.
import { LIMITS } from '../../../src/core/index.js';
import { couldBeRest } from '../../../src/gateway/rest-readings.js';

const CONTEXTS = ['/jira', '/wiki/one'];

const REST: readonly (readonly [path: string, why: string])[] = [
  ['/jira/rest', 'the folder itself: a mapping of /rest/* takes it'],
  ['/jira/rest/', 'with a slash'],
  ['/wiki/one/rest/api', 'of another product'],
  ['/jira/REST/api', 'case'],
  ['/JIRA/Rest/api', 'case of the context'],
  ['//jira/rest/api', 'an empty segment'],
  ['/jira//rest/api', 'an empty segment'],
  ['/jira/./rest/api', 'a single dot'],
  ['/jira/x/../rest/api', 'a dot segment'],
  ['/jira/../jira/rest', 'a dot segment that leads back'],
  ['/jira/../rest/api', 'a dot segment that some drop'],
  ['/jira/rest/../secure', 'through it and out, for some'],
  ['/jira/x/%2e%2e/rest', 'encoded dots'],
  ['/jira/x/.%2E/rest', 'half of them'],
  ['/jira/x/%252e%252e/rest', 'encoded twice'],
  ['/jira/x/..;/rest', 'dots with a path parameter'],
  ['/jira/x/..;a=b/rest', 'with a value'],
  ['/jira/x/%2e%2e;/rest', 'both'],
  ['/jira/..%3b/rest', 'an encoded semicolon'],
  ['/jira/;x/rest/api', 'an empty segment with a path parameter'],
  ['/jira;x/rest/api', 'at the context'],
  ['/;x/jira/rest', 'before the context'],
  ['/jira/rest;jsessionid=1/api', 'at the segment'],
  ['/jira/%3Bx/rest', 'encoded'],
  ['/jira/;x=%2Ffoo/rest', 'a slash in a parameter'],
  ['/jira/;x=%252F/rest', 'encoded twice'],
  ['/jira%2Frest/api', 'an encoded slash'],
  ['/jira/x%2F..%2Frest', 'several'],
  ['/jira%252Frest', 'encoded twice'],
  ['/jira%25252525252Frest', 'many times'],
  ['/jira\\rest\\api', 'backslashes'],
  ['/jira/x\\..\\rest', 'with dots'],
  ['/jira%5Crest', 'encoded'],
  ['/jira\\;x/rest', 'and a parameter behind'],
  ['/jira/%72est/api', 'an escaped letter'],
  ['/jira/%2572est', 'escaped twice'],
  ['/jira/re%73t', 'in the middle'],
  ['/%6aira/rest', 'in the context'],
  ['/jira/%u0072est', 'the escape of old servers'],
  ['/jira%u2215rest', 'and what looks like a slash'],
  ['/jira%c0%afrest', 'an overlong slash'],
  ['/jira/%c1%b2est', 'an overlong letter'],
  ['/jira%e0%80%afrest', 'of three bytes'],
  ['/jira%f0%80%80%afrest', 'of four bytes'],
  ['/jira/x/%c0%ae%c0%ae/rest', 'overlong dots'],
  ['/jira%EF%BC%8Frest', 'a full-width slash'],
  ['/jira/%EF%BD%92est', 'a full-width letter'],
  ['/jira/re%C5%BFt', 'a long s'],
  ['/jira/rest%00/x', 'NUL'],
  ['/jira/rest%20/x', 'a blank at the end'],
  ['/jira/%09rest', 'a tab before'],
  ['/jira/re%0Ast', 'a line feed within'],
  ['/jira/rest./api', 'a dot at the end'],
  ['/jira/rest%3Fx', 'an encoded question mark'],
  ['/jira/rest%23', 'an encoded number sign'],
  ['/jira/%E2%80%8Brest', 'a blank without width'],
  ['/jira/re%FFst', 'a byte that is not UTF-8 and that some drop'],
  ['/jira/s/abc/1/_/rest/api', 'what the products take off for caches'],
  ['/jira/s/_/x/_/rest', 'twice'],
  ['/jira/s/abc/_/%72est', 'and an escape'],
  ['/jira/s/abc/_/;/rest', 'and a parameter'],
  ['/jira/a/.../rest', 'three dots'],
];

const OTHERS: readonly (readonly [path: string, why: string])[] = [
  ['/jira', 'the context'],
  ['/jira/', 'with a slash'],
  ['/jira/secure/Dashboard.jspa;jsessionid=0a1b', 'a session in the path'],
  ['/jira/browse/REST-1', 'a key that begins so'],
  ['/jira/projects/REST/issues', 'a project called so'],
  ['/wiki/one/display/REST/50%25+done', 'a space called so, and a percent sign'],
  ['/wiki/one/display/DS/What%3F+%23+%2F', 'escapes in a title'],
  ['/jira/restful/x', 'a longer name'],
  ['/jira/s/abc/_/download/batch/rest.js', 'a file called so'],
  ['/jira/secure/rest/x', 'deeper'],
  ['/jira/%E6%97%A5%E6%9C%AC', 'letters of others'],
  ['/other/rest', 'below no context'],
  ['/jira/x/../secure', 'dots without it'],
  ['/jira/plugins/servlet/x%5Cy', 'a backslash'],
];

it.each(REST)('%s could be read as /rest: %s [GW-8]', (path) => {
  expect(couldBeRest(path, CONTEXTS)).toBe(true);
});

it.each(OTHERS)('%s could not: %s [GW-8]', (path) => {
  expect(couldBeRest(path, CONTEXTS)).toBe(false);
});

it('a product at the root has /rest at the root [GW-8]', () => {
  expect(couldBeRest('/rest/x', [''])).toBe(true);
  expect(couldBeRest('/;a/rest', [''])).toBe(true);
  expect(couldBeRest('/jira/rest', [''])).toBe(false);
});

it('a path with more readings than are tried counts as one, and the longest is read in a moment [GW-8, GW-52]', () => {
  const deep = `/jira/${'%25'.repeat(1)}${'25'.repeat(LIMITS.pathReadingsMax)}41`;
  expect(couldBeRest(deep, CONTEXTS)).toBe(true);
  const started = performance.now();
  couldBeRest(`/jira/${'%25;\\'.repeat(LIMITS.targetBytesMax / 5)}`, CONTEXTS);
  expect(performance.now() - started).toBeLessThan(500);
});
