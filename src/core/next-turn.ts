// Long work in pieces: between two of them everybody else gets their turn.

/** Resolves when the events that wait by now have been seen to. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
