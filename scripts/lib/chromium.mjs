/** Finds a Chromium for tests and headless runs: installed, Playwright's own, or Debian's package. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { installed, installFromDebian } from './installed.mjs';
import { fail, run } from './project.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Root needs --no-sandbox; the others keep the browser from calling home. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Playwright's own browser. Required late: the tests' first step installs Playwright itself. */
function playwrights() {
  const { chromium } = createRequire(import.meta.url)('playwright');
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}

/**
 * The path of a Chromium; installs one when it may.
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const find = () => installed('CHROMIUM_PATH', NAMES);
  const found = find() ?? playwrights();
  if (found) return found;
  const path = installFromDebian('chromium') ? find() : null;
  if (path) return path;
  console.error('Fetching Chromium through Playwright ...');
  if (run('npx', ['playwright', 'install', 'chromium'])) {
    const path = playwrights();
    if (path) return path;
  }
  return fail(
    'No Chromium was found and none could be installed. Install Chromium or Chrome, or set CHROMIUM_PATH to one.',
  );
}
