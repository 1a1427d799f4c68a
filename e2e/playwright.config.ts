/** End-to-end tests: the built app on the product's own server, with the real built-in model. */
import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS } from '../scripts/lib/chromium.mjs';

const executablePath = process.env['CHROMIUM_PATH'];

export default defineConfig({
  testDir: '.',
  outputDir: '.output',
  // The model takes a whole core: two runs side by side would only wait for each other.
  workers: 1,
  // Limits only end what hangs.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  // A machine that is busy with something else must not fail a change: what passes at the second attempt is listed as flaky, and is mended.
  retries: 1,
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ? [['list'], ['json']] : 'list',
  forbidOnly: Boolean(process.env['CI']),
  use: {
    baseURL: 'http://localhost:4179',
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: CHROMIUM_FLAGS },
    trace: 'retain-on-failure',
  },
  webServer: {
    command: 'node ../scripts/start.mjs --port 4179',
    url: 'http://localhost:4179',
    reuseExistingServer: false,
    timeout: 600_000,
  },
});
