// The users the sample has met. Its answers name authors and assignees, and asking the directory for each of them anew would make every list slow.
import type { Principal } from '../core/index.js';
import type { SampleUsers } from './caller.js';

/** Remembers users as they were when last seen. They are users of the directory, so there are never more than there. */
export class People {
  readonly #users: SampleUsers;
  readonly #byUsername = new Map<string, Principal>();

  constructor(users: SampleUsers) {
    this.#users = users;
  }

  /** Remembers a user that a request brought. */
  meet(principal: Principal): void {
    this.#byUsername.set(principal.username.toLowerCase(), principal);
  }

  /** Asks the directory and remembers the answer. */
  async lookUp(username: string): Promise<Principal | null> {
    const principal = await this.#users.findByUsername(username);
    if (principal !== null) this.meet(principal);
    return principal;
  }

  /** A user met before, without asking. */
  known(username: string): Principal | null {
    return this.#byUsername.get(username.toLowerCase()) ?? null;
  }

  /** Everybody met so far, by user name. */
  everyone(): readonly Principal[] {
    return [...this.#byUsername.values()].sort((a, b) => a.username.localeCompare(b.username));
  }
}
