// What `~` finds: whole words without regard to case, and with `*` the beginnings of words. No stemming, no ranking.

/** A test for texts that hold every word of `wanted`, in any order. */
export function wordTest(wanted: string): (texts: readonly string[]) => boolean {
  const parts = wordsOf(wanted, /[\p{L}\p{N}_]+\*?/gu);
  const whole = parts.filter((part) => !part.endsWith('*'));
  const beginnings = parts.filter((part) => part.endsWith('*')).map((part) => part.slice(0, -1));
  return (texts) => {
    const words = new Set(texts.flatMap((text) => wordsOf(text, /[\p{L}\p{N}_]+/gu)));
    return parts.length > 0 && whole.every((word) => words.has(word)) && beginnings.every((beginning) => hasBeginning(words, beginning));
  };
}

function wordsOf(text: string, word: RegExp): readonly string[] {
  return text.toLowerCase().match(word) ?? [];
}

function hasBeginning(words: ReadonlySet<string>, beginning: string): boolean {
  for (const word of words) if (word.startsWith(beginning)) return true;
  return false;
}
