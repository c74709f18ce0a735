// `postern audit tail`: what stands in the files, and what is appended while it looks.
import { tailAudit, type TailNeeds } from '../../src/cli/audit-tail.js';
import { LIMITS } from '../../src/core/index.js';
import { answered, startTrail, type TrailWorld } from '../audit/samples.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testClock } from '../support/test-clock.js';

let folder: TemporaryFolder;
let world: TrailWorld;

beforeEach(async () => {
  folder = await temporaryFolder();
  world = await startTrail(folder.file('audit'), { segmentBytesMax: 2_000 });
});

afterEach(async () => {
  await world.trail.close();
  await folder.remove();
});

async function use(number: number, path = `/jira/rest/${number}`): Promise<void> {
  (await world.open(number, { path })).close(answered);
  await world.trail.settle();
}

function needs(more: Partial<TailNeeds> = {}) {
  const printed: string[] = [];
  const complained: string[] = [];
  const own: TailNeeds = {
    environment: {},
    flags: [`--data=${folder.path}`],
    clock: testClock(),
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
    interrupted: Promise.resolve(),
    ...more,
  };
  return { own, printed, complained };
}

it('shows the last records, one a line, without a password and beside the server', async () => {
  for (let number = 1; number <= 9; number += 1) await use(number);
  const { own, printed } = needs();
  expect(await tailAudit({ lines: '3' }, own)).toBe(0);
  expect(printed).toEqual(
    [7, 8, 9].map((number) => `2026-01-31T10:00:00.000Z permit 200 charlie 192.0.2.10 GET /jira/rest/${number} extender:token-1`),
  );
  const json = needs();
  await tailAudit({ lines: '1', json: true }, json.own);
  expect(JSON.parse(json.printed[0] ?? '')).toMatchObject({ path: '/jira/rest/9', outcome: 'forwarded' });
});

it('goes on with --follow, over the end of a segment, until it is interrupted', async () => {
  const clock = testClock();
  let interrupt = (): void => undefined;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const { own, printed } = needs({ clock, interrupted });
  await use(1);
  const running = tailAudit({ lines: '0', follow: true }, own);
  // The first look is over once the second is due.
  while (printed.length === 0) {
    await use(2);
    await clock.advance(LIMITS.auditShipDelayMs);
  }
  const before = printed.length;
  for (let number = 3; number <= 9; number += 1) await use(number);
  await clock.advance(LIMITS.auditShipDelayMs);
  expect(printed.slice(before).map((line) => line.split(' ')[6])).toEqual([3, 4, 5, 6, 7, 8, 9].map((number) => `/jira/rest/${number}`));
  interrupt();
  expect(await running).toBe(0);
});

it('does nothing to a terminal, whatever somebody has put into a record [AUD-11]', async () => {
  await use(1, '/jira/rest/\u001b]0;evil\u0007\u202e');
  const { own, printed } = needs();
  await tailAudit({ lines: '5' }, own);
  expect(printed.join('')).toMatch(/^[ -~]+$/);
  expect(printed.join('')).toContain('\\u001b]0;evil');
});

it.each([
  [{ lines: 'all' }, [], '--lines'],
  [{ lines: '1' }, ['--data=/nowhere/at/all'], 'no audit trail'],
])('says why it cannot: %j %j', async (options, flags, words) => {
  const { own, complained } = needs(flags.length === 0 ? {} : { flags });
  expect(await tailAudit(options, own)).toBe(1);
  expect(complained.join('\n')).toContain(words);
});
