// Bundles page.jsx for the browser of the test: node build.mjs OUT
import { build } from 'esbuild';

await build({
    entryPoints: ['page.jsx'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'chrome110',
    outfile: process.argv[2],
    jsx: 'transform',
    loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.svg': 'dataurl', '.png': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error',
});
