/** Finds a Firefox for the tests: installed, or Debian's package. */
import { installed, installFromDebian } from './installed.mjs';

/** The path of an installed Firefox, or null. */
export const findFirefox = () => installed('FIREFOX_PATH', ['firefox-esr', 'firefox']);

/** The path of a Firefox; installs Debian's when it may. Null when there is none: its tests are then skipped. */
export const ensureFirefox = () => findFirefox() ?? (installFromDebian('firefox-esr') ? findFirefox() : null);
