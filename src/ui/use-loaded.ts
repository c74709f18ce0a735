// What a page asks the server for when it opens, and again when it is told to.
import { useCallback, useEffect, useState } from 'react';
import { faultText } from './api.js';

export interface Loaded<T> {
  /** null: not there yet, or it failed. While it is loaded again the old one stays. */
  readonly value: T | null;
  readonly fault: string | null;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** `load` must keep its identity while it means the same: wrap it in useCallback. An answer that was overtaken is dropped. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ value: null, fault: null, isLoading: true });
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let isOvertaken = false;
    setState((before) => ({ ...before, isLoading: true }));
    const settle = (next: Omit<Loaded<T>, 'reload'>): void => {
      if (!isOvertaken) setState(next);
    };
    load().then(
      (value) => settle({ value, fault: null, isLoading: false }),
      (error: unknown) => settle({ value: null, fault: faultText(error), isLoading: false }),
    );
    return () => {
      isOvertaken = true;
    };
  }, [load, turn]);

  return { ...state, reload: useCallback(() => setTurn((before) => before + 1), []) };
}
