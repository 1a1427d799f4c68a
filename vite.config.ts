import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { assembly } from './scripts/lib/assembly.mjs';
import { ISOLATION_HEADERS, META_POLICY } from './scripts/lib/headers.mjs';

/** The Content-Security-Policy for hosts that cannot send it as a header. */
const policyInPage: Plugin = {
  name: 'policy-in-page',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: META_POLICY },
      injectTo: 'head-prepend',
    },
  ],
};

/** After one visit the whole app works offline: page, workers, wasm, model and seeds. */
const offline = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'src',
  filename: 'service-worker.ts',
  injectRegister: false,
  manifest: {
    id: './',
    name: 'Self-Instruct',
    short_name: 'Self-Instruct',
    description: 'See, run, judge and use Self-Instruct, whole, in a browser tab.',
    display: 'standalone',
    theme_color: '#f5f7f8',
    background_color: '#f5f7f8',
    icons: [
      { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
    ],
  },
  injectManifest: {
    globPatterns: [
      '**/*.{html,js,css,woff2,wasm,jsonl,svg,png}',
      'recordings/*.recording',
      'models/built-in/{manifest.json,model.gguf,config.json,tokenizer.json,model.safetensors}',
    ],
    // 6 MB that most people never need: kept from its first use on (keep-offline.ts).
    globIgnores: ['**/node_modules/**/*', 'assets/web-llm.worker-*.js'],
    // Assets carry a hash in their name: the browser's own cache may serve them.
    dontCacheBustURLsMatching: /^assets\//u,
    maximumFileSizeToCacheInBytes: 16_000_000,
  },
});

const inChromium = (
  name: string,
  include: string,
  flags: readonly string[] = [],
): TestProjectConfiguration => ({
  extends: true,
  server: { headers: ISOLATION_HEADERS },
  test: {
    name,
    include: [include],
    setupFiles: ['src/testing/empty-origin.ts'],
    // As end to end: what passes at the second attempt is listed as flaky, and is mended.
    retry: 1,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: [{ browser: 'chromium' }],
      provider: playwright({
        launchOptions: {
          ...(process.env['CHROMIUM_PATH'] ? { executablePath: process.env['CHROMIUM_PATH'] } : {}),
          args: [
            '--no-sandbox',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            ...flags,
          ],
        },
      }),
    },
  },
});

export default defineConfig({
  // Relative addresses: the built folder works on any host and in any subfolder.
  base: './',
  plugins: [svelte(), assembly(), policyInPage, offline],
  worker: { format: 'es', plugins: () => [assembly()] },
  build: { target: 'es2023' },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
  optimizeDeps: {
    include: [
      'svelte',
      'virtua/svelte',
      'comlink',
      'idb',
      '@noble/hashes/legacy.js',
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
      'fake-indexeddb/auto',
      'fast-check',
      '@huggingface/jinja',
      '@huggingface/tokenizers',
      '@jax-js/jax',
      '@jax-js/loaders',
      '@wllama/wllama',
      '@zip.js/zip.js/lib/zip-core-custom.js',
      'axe-core',
      'compromise/two',
      'd3-array',
      'd3-shape',
    ],
    // One module per icon: found one by one on a cold cache, each would bundle anew and reload a running test.
    // web-llm is one module already, and only its worker needs it.
    exclude: ['@lucide/svelte', '@mlc-ai/web-llm'],
  },
  test: {
    // A busy machine is no failure: limits only end what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    coverage: {
      provider: 'v8',
      include: ['src/core/**/*.ts'],
      exclude: ['**/*.test.ts'],
      thresholds: { lines: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.ts'],
          exclude: ['src/**/*.{browser,webgpu}.test.ts'],
        },
      },
      inChromium('browser', 'src/**/*.browser.test.ts'),
      // A graphics processor in software: slow, so only what needs one runs on it.
      inChromium('webgpu', 'src/**/*.webgpu.test.ts', [
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
      ]),
    ],
  },
});
