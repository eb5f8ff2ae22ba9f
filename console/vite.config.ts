/**
 * The console's build. Its output depends on its sources and the lock file only, so that it may be kept by their hash
 * (src/main/build-console.ts). The nonce of the CSP is a placeholder in index.html, which the server replaces in each answer.
 */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env.TIELINE_API ?? 'http://127.0.0.1:7480';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  cacheDir: join(import.meta.dirname, '..', 'node_modules', '.cache', 'vite-console'),
  build: {
    target: 'es2022',
    // Not 'assets': /assets is a page.
    assetsDir: 'static',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
  },
  server: { port: 5173, strictPort: true, proxy: { '/api': api } },
});
