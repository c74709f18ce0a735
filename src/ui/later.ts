// Waits until somebody has finished typing.
import { useEffect, useState } from 'react';

/** Milliseconds without a further key: shorter than a person waits for an answer. */
const PAUSE_MS = 300;

/** The value as it was when it last stood still. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
