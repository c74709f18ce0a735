// Writes docs/screenshots/*.png: every page on a running emulator with sample tokens, light and dark. Run by `npm run screenshots`; needs a
// build and a Chromium.
import { mkdirSync } from 'node:fs';
import { tsImport } from 'tsx/esm/api';

const { openPages } = await tsImport('../test/ui/page-world.ts', import.meta.url);
const { SCENES, furnish } = await tsImport('../test/ui/scenes.ts', import.meta.url);

const only = process.argv[2];
const world = await openPages();
if (world === null) process.exit(1);
mkdirSync('docs/screenshots', { recursive: true });
await furnish(world);
for (const theme of ['light', 'dark']) {
  for (const { name, visit } of SCENES) {
    if (only !== undefined && !only.split(',').some((each) => name.includes(each))) continue;
    const { page, context } = await visit(world, theme);
    await page.screenshot({ path: `docs/screenshots/${name}-${theme}.png` });
    await context.close();
    process.stdout.write(`docs/screenshots/${name}-${theme}.png\n`);
  }
}
await world.close();
