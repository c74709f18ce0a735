// The tools of the tests are held to what they promise: a clock that lies would make other tests pass.
import { access, readFile, writeFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { temporaryFolder } from './temporary-folder.js';
import { TEST_START, testClock } from './test-clock.js';
import { testRandom } from './test-random.js';

const never = (error: unknown) => {
  throw error;
};

describe('the test clock', () => {
  it('stands still until it is moved', async () => {
    const clock = testClock();
    await nextTurn();
    expect([clock.now(), clock.monotonicMs()]).toEqual([TEST_START, 0]);
    await clock.advance(1_500);
    expect([clock.now(), clock.monotonicMs()]).toEqual([TEST_START + 1_500, 1_500]);
  });

  it('runs what falls due in order of time, each at its own instant and awaited before the next', async () => {
    const clock = testClock(0);
    const heard: string[] = [];
    const hear = (name: string) => async () => {
      heard.push(`${name} at ${clock.now()}`);
      await nextTurn();
      heard.push(`${name} done`);
    };
    clock.every(20, hear('slow'), never);
    clock.every(15, hear('fast'), never);
    clock.after(20, () => heard.push(`once at ${clock.now()}`));
    await clock.advance(30);
    expect(heard).toEqual(['fast at 15', 'fast done', 'slow at 20', 'slow done', 'once at 20', 'fast at 30', 'fast done']);
    expect(clock.now()).toBe(30);
  });

  it('runs what a task starts, when that falls due within the same move', async () => {
    const clock = testClock(0);
    const heard: number[] = [];
    clock.after(10, () => clock.after(10, () => heard.push(clock.now())));
    await clock.advance(19);
    expect(heard).toEqual([]);
    await clock.advance(1);
    expect(heard).toEqual([20]);
  });

  it('runs what fell due while it was skipped once, at the end, and goes on from there', async () => {
    const clock = testClock(0);
    const heard: string[] = [];
    const cancel = clock.every(7, () => void heard.push('cancelled'), never);
    clock.every(10, () => void heard.push(`each at ${clock.now()}`), never);
    clock.after(5, () => {
      heard.push(`once at ${clock.now()}`);
      cancel();
    });
    await clock.skip(100);
    await clock.advance(10);
    expect(heard).toEqual(['once at 100', 'each at 100', 'each at 110']);
  });

  it('runs nothing that was cancelled, also by a task that was due before', async () => {
    const clock = testClock(0);
    const heard: string[] = [];
    const cancel = clock.every(
      10,
      () => {
        heard.push('cancelled');
      },
      never,
    );
    clock.after(5, cancel);
    await clock.advance(100);
    cancel();
    expect(heard).toEqual([]);
  });

  it('gives an error of a repeated task to its owner and goes on; one of a single task fails the move', async () => {
    const clock = testClock(0);
    const errors: unknown[] = [];
    clock.every(
      10,
      () => Promise.reject(new Error('again')),
      (error) => errors.push(error),
    );
    await clock.advance(20);
    expect(errors).toHaveLength(2);
    clock.after(5, () => {
      throw new Error('once');
    });
    await expect(clock.advance(5)).rejects.toThrow('once');
  });
});

describe('the test randomness', () => {
  it('is the same in every run, differs by seed, and never repeats within one', () => {
    const bytes = (seed?: string) => {
      const source = testRandom(seed);
      return [source.bytes(16), source.bytes(40), source.bytes(0), source.bytes(1)].map((chunk) => chunk.toString('hex'));
    };
    expect(bytes()).toEqual(bytes());
    expect(bytes('other')).not.toEqual(bytes());
    expect(bytes().map((chunk) => chunk.length / 2)).toEqual([16, 40, 0, 1]);
    const source = testRandom();
    expect(new Set(Array.from({ length: 1_000 }, () => source.bytes(16).toString('hex'))).size).toBe(1_000);
  });
});

it('a temporary folder is empty, one’s own, and gone when it is removed', async () => {
  const [one, other] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(one.file('x'), 'mine');
  expect(await readFile(one.file('x'), 'utf8')).toBe('mine');
  await expect(access(other.file('x'))).rejects.toThrow('ENOENT');
  for (const folder of [one, other]) {
    await folder.remove();
    await expect(access(folder.path)).rejects.toThrow('ENOENT');
  }
});
