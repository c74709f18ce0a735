// Bounded concurrency: never more at work than allowed, first come first served, and a bound on those who wait.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { limiter } from '../../src/plugin-kit/limiter.js';

const full = () => new Error('full');

it('never has more at work than allowed, and serves in the order of coming', async () => {
  const inTurn = limiter({ atOnceMax: 3, waitingMax: 100, refusal: full });
  const begun: number[] = [];
  let atWork = 0;
  let atWorkMost = 0;
  const work = (number: number) =>
    inTurn(async () => {
      begun.push(number);
      atWork += 1;
      atWorkMost = Math.max(atWorkMost, atWork);
      await nextTurn();
      if (number % 7 === 0) await nextTurn();
      atWork -= 1;
      if (number % 5 === 0) throw new Error('failed');
      return number;
    });
  const coming: Promise<number>[] = [];
  for (let number = 0; number < 30; number += 1) {
    coming.push(work(number));
    // Some come together, others while the line is getting shorter.
    if (number % 4 === 3) await nextTurn();
  }
  const results = await Promise.allSettled(coming);
  expect(atWorkMost).toBe(3);
  expect(begun).toEqual(Array.from({ length: 30 }, (_, number) => number));
  expect(results.filter((result) => result.status === 'rejected')).toHaveLength(6);
});

it('lets nobody who comes later overtake one who waits', async () => {
  const inTurn = limiter({ atOnceMax: 1, waitingMax: 10, refusal: full });
  const order: string[] = [];
  const waiting: Promise<unknown>[] = [];
  const first = inTurn(async () => {
    await nextTurn();
  });
  waiting.push(inTurn(async () => order.push('waited')));
  await first;
  waiting.push(inTurn(async () => order.push('came later')));
  await Promise.all(waiting);
  expect(order).toEqual(['waited', 'came later']);
});

it('refuses when the line is full, and works on', async () => {
  const inTurn = limiter({ atOnceMax: 1, waitingMax: 1, refusal: full });
  const results = await Promise.allSettled([1, 2, 3].map((number) => inTurn(async () => number)));
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(await inTurn(async () => 4)).toBe(4);
});

it('gives a place back when work throws before it has waited for anything', async () => {
  const inTurn = limiter({ atOnceMax: 1, waitingMax: 0, refusal: full });
  const broken = inTurn(() => {
    throw new Error('at once');
  });
  await expect(broken).rejects.toThrow('at once');
  expect(await inTurn(async () => 'free')).toBe('free');
});
