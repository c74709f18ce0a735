import { countPages, readPage } from '../../../src/plugin-kit/paging.js';
import { RestFault } from '../../../src/plugin-kit/rest.js';

describe('startAt and maxResults [EXT-31]', () => {
  it.each([
    ['', 0, 1000, 'the defaults'],
    ['startAt=5&maxResults=7', 5, 7, 'as asked'],
    ['maxResults=1000', 0, 1000, 'the most'],
    ['maxResults=1001', 0, 1000, 'above the most'],
    ['maxResults=0', 0, 1000, 'zero'],
    ['maxResults=-1', 0, 1000, 'less than zero'],
    ['startAt=-1', 0, 1000, 'a negative start'],
    ['startAt=-0', 0, 1000, 'minus zero is zero'],
    ['startAt=007', 7, 1000, 'leading zeros'],
    ['startAt=99999999999999999999&maxResults=99999999999999999999', Number.MAX_SAFE_INTEGER, 1000, 'past every end'],
    ['startAt=-99999999999999999999', 0, 1000, 'below every start'],
    ['startat=3', 0, 1000, 'another name'],
  ])('%j: from %i, at most %i (%s)', (query, startAt, maxResults) => {
    expect(readPage(new URLSearchParams(query), 1000)).toEqual({ startAt, maxResults });
  });

  it.each([
    ['startAt=', 'startAt'],
    ['startAt=x', 'startAt'],
    ['startAt=1.0', 'startAt'],
    ['startAt=1e2', 'startAt'],
    ['startAt=+1', 'startAt'],
    ['startAt=%201', 'startAt'],
    ['startAt=0x10', 'startAt'],
    ['startAt=%D9%A1', 'startAt'],
    ['maxResults=ten', 'maxResults'],
    ['maxResults=NaN', 'maxResults'],
  ])('refuses %j with 400 and the name %s', (query, name) => {
    const read = () => readPage(new URLSearchParams(query), 1000);
    expect(read).toThrow(RestFault);
    expect(read).toThrow(expect.objectContaining({ status: 400, message: `${name} must be a whole number.` }));
  });
});

it.each([
  [0, 1000, 0],
  [1, 1000, 1],
  [1000, 1000, 1],
  [1001, 1000, 2],
  [2345, 100, 24],
])('counts the pages of %i items, %i on each: %i [EXT-32]', (total, maxResults, pages) => {
  expect(countPages(total, maxResults)).toBe(pages);
});
