// The counters and the trail together: wherever the cursor stood when everything was killed, the counters come out right.
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageLedger } from '../../src/authn/usage.js';
import { isBehind, type OpenedUse, silentLogger, type SpoolPosition } from '../../src/core/index.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { testClock } from '../support/test-clock.js';
import {
  answered,
  collect,
  deny,
  marks,
  permit,
  sampleRequest,
  segmentNames,
  startTrail,
  tokenIdentity,
  type TrailWorld,
} from './samples.js';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

/** A trail over several segments, and the places its counters may have come to. */
async function usedTrail(): Promise<TrailWorld> {
  const world = await startTrail(folder.file('spool'), { segmentBytesMax: 2_500 });
  for (let round = 0; round < 12; round += 1) {
    const opened = [0, 1, 2].map((index) => {
      const decision = index === 1 ? deny : permit;
      return world.trail.open(sampleRequest(10 * round + index), tokenIdentity(`token-${round}`), decision, marks);
    });
    for (const entry of await Promise.all(opened)) entry.close(answered);
    if (round % 4 === 0) await world.trail.drain();
  }
  return world;
}

const usesFrom = async (world: TrailWorld, from: SpoolPosition | null): Promise<OpenedUse[]> =>
  (await collect(world.trail.uses(from))).flatMap(({ uses }) => uses);

/** Counts as the database does: a batch that the cursor has passed is nothing. */
function counting(start: SpoolPosition | null) {
  const state = { cursor: start, authenticated: 0, permitted: 0 };
  const ledger = new UsageLedger({
    clock: testClock(),
    logger: silentLogger,
    apply: async ({ uses, position }) => {
      if (state.cursor !== null && !isBehind(state.cursor, position)) return;
      state.cursor = position;
      for (const use of [...uses.values()].flat()) {
        state.authenticated += use.authenticated;
        state.permitted += use.permitted;
      }
    },
  });
  return { state, ledger };
}

describe('the uses behind a place', () => {
  it('are exactly those that were told after it, in order, wherever it is [GW-51]', async () => {
    const world = await usedTrail();
    expect((await segmentNames(folder.file('spool'))).length).toBeGreaterThan(3);
    const told = world.durable.flatMap(({ uses }) => uses);
    expect(told).toHaveLength(36);
    expect(await usesFrom(world, null)).toEqual(told);
    let before = 0;
    for (const { uses, position } of world.durable) {
      before += uses.length;
      expect(await usesFrom(world, position)).toEqual(told.slice(before));
    }
    await world.trail.close();
  });

  it('are the same after a start', async () => {
    const first = await usedTrail();
    const middle = first.durable[4]?.position as SpoolPosition;
    const rest = await usesFrom(first, middle);
    await first.trail.close();
    const again = await startTrail(folder.file('spool'));
    expect(await usesFrom(again, middle)).toEqual(rest);
    await again.trail.close();
  });

  it('are all of them when the place is one of another spool', async () => {
    const world = await usedTrail();
    expect(await usesFrom(world, { spool: 'another', segment: 99, offset: 0 })).toHaveLength(36);
    await world.trail.close();
  });

  it('never hold a request that was not accepted, or a record of another kind', async () => {
    const world = await startTrail(folder.file('spool'));
    await world.trail.open(
      sampleRequest(1, { path: '/jira/rest/"counts":true' }),
      { kind: 'anonymous', because: 'no-credential', credentialDigest: null },
      deny,
      marks,
    );
    await world.trail.act(
      { action: 'token.created', actor: null, system: 'extender', tokenRef: 't', clientAddress: null },
      async () => undefined,
    );
    expect(await usesFrom(world, null)).toEqual([]);
    await world.trail.close();
  });
});

describe('the counters', () => {
  it('equal the permits of the trail wherever the cursor stood [GW-51, EXT-45]', async () => {
    const world = await usedTrail();
    const records = await world.records();
    let authenticated = 0;
    let permitted = 0;
    for (const { uses, position } of [{ uses: [], position: null }, ...world.durable]) {
      authenticated += uses.length;
      permitted += uses.filter(({ isPermitted }) => isPermitted).length;
      const { state, ledger } = counting(position);
      await ledger.replay(position, world.trail);
      expect({ authenticated: authenticated + state.authenticated, permitted: permitted + state.permitted }).toEqual({
        authenticated: records.length,
        permitted: records.filter(({ decision }) => decision === 'permit').length,
      });
      await ledger.close();
    }
    await world.trail.close();
  });

  it('count what comes after a start that found fewer entries than were counted: a loss of power took them [GW-51]', async () => {
    const first = await usedTrail();
    const counted = first.trail.spoolId;
    await first.trail.drain();
    const cursor = first.durable.at(-1)?.position as SpoolPosition;
    await first.trail.close();
    // The tables had it already, the file has not.
    const last = join(folder.file('spool'), (await segmentNames(folder.file('spool'))).at(-1) as string);
    await truncate(last, (await readFile(last, 'latin1')).indexOf('\n') + 1);

    const { state, ledger } = counting(cursor);
    const world = await startTrail(folder.file('spool'), { onDurable: (uses, position) => ledger.note(uses, position) });
    expect(world.trail.spoolId).toBe(counted);
    await ledger.replay(cursor, world.trail);
    expect(state).toMatchObject({ authenticated: 0 });
    for (const number of [501, 502, 503]) await world.open(number);
    await ledger.settle();
    expect(state).toMatchObject({ authenticated: 3, permitted: 3 });
    expect(world.log.lines).toContainEqual({
      level: 'error',
      fields: expect.objectContaining({ counted: cursor }),
      text: expect.any(String),
    });
    // And again, from where the cursor stands now.
    await world.trail.close();
    const again = counting(state.cursor);
    const third = await startTrail(folder.file('spool'));
    await again.ledger.replay(state.cursor, third.trail);
    expect(again.state).toMatchObject({ authenticated: 0 });
    await third.trail.close();
  });
});
