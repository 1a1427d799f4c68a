/** Finds a Chromium for tests and headless runs: installed, Playwright's own, or Debian's package. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fail, run } from './project.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Root needs --no-sandbox; the others keep the browser from calling home. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const which = (name) => {
  const found = spawnSync('which', [name], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
};

function installed() {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted && existsSync(wanted)) return wanted;
  for (const name of NAMES) {
    const path = which(name);
    if (path) return path;
  }
  return null;
}

/** Playwright's own browser. Required late: the tests' first step installs Playwright itself. */
function playwrights() {
  const { chromium } = createRequire(import.meta.url)('playwright');
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}

/** The path of a Chromium; installs one when it may. */
export async function ensureChromium() {
  const found = installed() ?? playwrights();
  if (found) return found;
  if (process.getuid?.() === 0 && which('apt-get')) {
    console.error('Installing Chromium from Debian ...');
    if (run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', 'chromium'])) {
      const path = installed();
      if (path) return path;
    }
  }
  console.error('Fetching Chromium through Playwright ...');
  if (run('npx', ['playwright', 'install', 'chromium'])) {
    const path = playwrights();
    if (path) return path;
  }
  return fail(
    'No Chromium was found and none could be installed. Install Chromium or Chrome, or set CHROMIUM_PATH to one.',
  );
}
