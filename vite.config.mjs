// Builds the pages of src/ui into dist/ui: hashed files that the control plane serves at /ui/. Nothing of it is needed at run time.
import { defineConfig } from 'vite';

// Atlassian's icon fonts may not be given on by others; their style sheets stand under the Apache License. The pictures that are written out
// in them are left out too: the pages' content security policy lets in nothing but files of our own.
const withoutFontsAndPictures = {
  name: 'without-fonts-and-pictures',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/aui-prototyping[^/]*\.css$/.test(id.split('?')[0])) return null;
    const withoutFonts = code.replace(/@font-face\s*\{[^}]*(?:Adgs|Atlassian) Icons[^}]*\}/g, '');
    return { code: withoutFonts.replace(/url\((?:"data:[^"]*"|'data:[^']*'|data:[^)]*)\)/g, 'none'), map: null };
  },
};

export default defineConfig({
  root: 'src/ui',
  base: '/ui/',
  plugins: [withoutFontsAndPictures],
  // Everything is a file of its own: a data: URL would be against the pages' content security policy.
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
