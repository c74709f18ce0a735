// Builds the pages of src/ui into dist/ui: hashed files that the control plane serves at /ui/. Nothing of it is needed at run time.
import { defineConfig } from 'vite';

// Atlassian's icon fonts may not be given on by others; their style sheets stand under the Apache License.
const withoutIconFonts = {
  name: 'without-icon-fonts',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/aui-prototyping[^/]*\.css$/.test(id.split('?')[0])) return null;
    return { code: code.replace(/@font-face\s*\{[^}]*(?:Adgs|Atlassian) Icons[^}]*\}/g, ''), map: null };
  },
};

export default defineConfig({
  root: 'src/ui',
  base: '/ui/',
  plugins: [withoutIconFonts],
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
