import { recentlyUsed } from '../../../src/core/recently-used.js';

it('holds as many as it may, and what was not asked for longest goes first', () => {
  const memory = recentlyUsed<string, number>(3);
  for (const [index, name] of ['a', 'b', 'c'].entries()) memory.set(name, index);
  memory.get('a');
  memory.set('d', 3);
  expect([...memory.keys()].toSorted()).toEqual(['a', 'c', 'd']);
  memory.set('d', 4);
  expect(memory.size).toBe(3);
});
