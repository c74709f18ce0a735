// Makes a text that fails smaller as long as it fails: halves, quarters and so on are left out.

/** The smallest text found for which `fails` still holds, within so many tries. */
export async function shrink(text, fails, triesMax = 300) {
  let smallest = text;
  let tries = 0;
  for (let size = Math.ceil(text.length / 2); size >= 1 && tries < triesMax; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length && tries < triesMax; ) {
      const shorter = smallest.slice(0, at) + smallest.slice(at + size);
      tries += 1;
      if (shorter !== '' && (await fails(shorter))) smallest = shorter;
      else at += size;
    }
  }
  return smallest;
}
