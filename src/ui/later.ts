// The clock of the pages: what time it is in the browser, what is done in a while, and waiting until somebody has finished typing.
import { useEffect, useState } from 'react';

/** Milliseconds without a further key: shorter than a person waits for an answer. */
const PAUSE_MS = 300;

/** The browser's time, in epoch milliseconds. */
export function now(): number {
  return Date.now();
}

/** Does the work in so many milliseconds, unless the answer is called before. */
export function later(work: () => void, milliseconds: number): () => void {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
}

/** The value as it was when it last stood still. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => later(() => setSettled(value), PAUSE_MS), [value]);
  return settled;
}
