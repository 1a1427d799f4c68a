/**
 * A browser in a process group of its own, so that it can be killed as by a power switch: every process at once, by
 * SIGKILL, without a goodbye. Chromium and Firefox alike; the profile outlives it.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import puppeteer from 'puppeteer-core';
import { CHROMIUM_FLAGS } from './chromium.mjs';

/** @typedef {'chromium' | 'firefox'} BrowserName */

export class KillableBrowser {
  /** @readonly */
  browser;

  /** @param {import('puppeteer-core').Browser} browser */
  constructor(browser) {
    this.browser = browser;
  }

  /**
   * @param {object} options
   * @param {BrowserName} options.name
   * @param {string} options.executablePath
   * @param {string} options.profile a folder; what the browser stored in it before is there again
   * @param {readonly string[]} [options.flags] besides the usual ones
   * @param {Record<string, unknown>} [options.preferences] of Firefox
   */
  static async launch({ name, executablePath, profile, flags = [], preferences = {} }) {
    const browser = await puppeteer.launch({
      browser: name === 'firefox' ? 'firefox' : 'chrome',
      executablePath,
      userDataDir: profile,
      headless: true,
      extraPrefsFirefox: preferences,
      args: name === 'firefox' ? [...flags] : [...CHROMIUM_FLAGS, ...flags],
      // A slow machine is no failure: what hangs is ended by the limit of whoever waits.
      protocolTimeout: 300_000,
      // The page keeps the size of its window.
      defaultViewport: null,
    });
    return new KillableBrowser(browser);
  }

  /** A tab of its own: the one that the browser begins with may not be ready yet. */
  newPage() {
    return this.browser.newPage();
  }

  /** Ends every process at once; returns when the browser is gone. */
  async kill() {
    const child = this.browser.process();
    if (!child?.pid) throw new Error('The browser has no process of its own.');
    const gone = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
    if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    else process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  /** Ends it in order. */
  async close() {
    await this.browser.close();
  }
}
