// What a soak sends: of a hundred requests these, spread evenly, and what is expected of each.

/** `status`: what is right; null: nobody waits for it. `isKept`: on a connection that stays. */
export const KINDS = {
  usual: { status: 200, isKept: true, of100: 86 },
  /** Opens a connection and has it closed. */
  once: { status: 200, isKept: false, of100: 5 },
  /** Goes away in the middle of an answer. */
  abort: { status: null, isKept: false, of100: 3 },
  denied: { status: 403, isKept: true, of100: 4 },
  /** A token that there never was, another one each time; as Bearer, so that it is not taken for a password, which costs a slow hash. */
  wrong: { status: 401, isKept: true, of100: 2 },
};

const ORDER = Object.entries(KINDS).flatMap(([kind, { of100 }]) => Array.from({ length: of100 }, () => kind));

/** The kind of the request with this number. 37 and 100 have no common divisor: each hundred has all, and neighbours differ. */
export function kindOf(number) {
  return ORDER[(number * 37) % ORDER.length];
}
