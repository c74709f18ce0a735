// A user name means the same in small and capital letters, and is another credential to whoever remembers what was presented.

/** The spelling with this number: bit by bit, which letters are capital. Throws when the name has no such spelling. */
export function spelling(name, number) {
  const letters = [...name].filter((letter) => /[a-z]/.test(letter)).length;
  if (number >= 2 ** letters) throw new Error(`"${name}" has ${2 ** letters} spellings, and ${number + 1} are needed`);
  let bit = 0;
  return [...name]
    .map((letter) => {
      if (!/[a-z]/.test(letter)) return letter;
      const isCapital = Math.floor(number / 2 ** bit) % 2 === 1;
      bit += 1;
      return isCapital ? letter.toUpperCase() : letter;
    })
    .join('');
}
