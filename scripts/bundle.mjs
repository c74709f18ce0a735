// Bundles the two programs, dist/main.js and dist/cli/postern.js, each with what it needs of src/ and of the packages: as a thousand modules
// they take Node longer to find, read and link than everything else that a start does (docs/decisions/0019-programs-are-bundled.md).
import { build } from 'esbuild';

/**
 * What holds compiled code, or is loaded where a setting asks for it alone. And what uses Node's old `Buffer()`, of which Node warns whoever
 * reads the log unless it is a package that does.
 */
const EXTERNAL = ['better-sqlite3', 'pg', 'mysql2', 'nodemailer', 'passport-http'];

/** Writes the programs into `folder`, with what they share in `chunks/` beside them; source maps lie there too. */
export async function bundlePrograms(folder) {
  await build({
    entryPoints: ['src/main.ts', 'src/cli/postern.ts'],
    outbase: 'src',
    outdir: folder,
    // Two folders below the root, as every file of src/ was: paths that begin at import.meta.url stay true.
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: EXTERNAL,
    sourcemap: true,
    sourcesContent: false,
    // CommonJS packages ask for Node's own modules by `require`, which an ES module has not.
    banner: { js: "import { createRequire as posternRequire } from 'node:module';\nconst require = posternRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}
