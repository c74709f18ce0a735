// The contract between the host and a token system in executable form. Every system is held to the same list; what one does not
// promise stands by name and with a reason.
import type { WorldDatabase } from '../support/prepared-database.js';
import type { TokenKind } from '../support/samples.js';
import { administration } from './administration.js';
import { ends } from './ends.js';
import { lifecycle } from './lifecycle.js';
import { limits } from './limits.js';
import { recognition } from './recognition.js';
import { records } from './records.js';
import { rest } from './rest.js';
import { secrets } from './secrets.js';
import { type Guarantee, startSubject, type Subject } from './subject.js';

export interface PluginSuite {
  readonly samples: TokenKind;
  /** Left out: every guarantee. A further kind of a system is held to those alone in which it differs from the first. */
  readonly guarantees?: readonly Guarantee[];
  /** Left out: SQLite. */
  readonly database?: WorldDatabase;
  /** Guarantees this kind of token does not give, by name. */
  readonly skip?: readonly { readonly test: string; readonly reason: string }[];
}

/** Every guarantee, in the order in which it is tried. */
const GUARANTEES: readonly Guarantee[] = [
  ...secrets,
  ...recognition,
  ...ends,
  ...limits,
  ...administration,
  ...records,
  ...rest,
  ...lifecycle,
];

/** Holds one kind of token to every guarantee that it does not skip. */
export function runPluginSuite({ samples, guarantees = GUARANTEES, skip = [], database }: PluginSuite): void {
  describe(samples.name, () => {
    let subject: Subject;
    beforeEach(async () => {
      subject = await startSubject(samples, database);
    });
    afterEach(() => subject.close());

    // What the system does not promise is not tried: the list below holds it, and a skipped test is one that should have run.
    const promised = guarantees.filter(({ test }) => !skip.some((each) => each.test === test));
    for (const { test, holds } of promised) it(test, () => holds(subject));
  });

  describe(`what ${samples.name} does not promise`, () => {
    it('are guarantees of the others, each with a reason', () => {
      const names = guarantees.map(({ test }) => test);
      expect(skip.filter(({ test, reason }) => !names.includes(test) || reason.length < 20)).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    });
  });
}
