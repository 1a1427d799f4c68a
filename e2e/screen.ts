/** A screen as a person uses it, by roles and names, for pages that puppeteer drives (Firefox, and browsers that are killed). */
import type { ElementHandle, Page } from 'puppeteer-core';
import type { Screen } from '../src/app/address';

/** Ends only what hangs: a campaign runs beside other work. */
const LIMIT_MS = 180_000;

const named = (role: string, name: string): string => `::-p-aria([role="${role}"][name="${name}"])`;

/** What did not come is named: the library says only that it waited. */
const awaiting = async <T>(what: string, work: Promise<T>): Promise<T> =>
  work.catch((cause: unknown) => {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });

/** Goes to a screen by its address. */
export const show = (page: Page, screen: Screen): Promise<void> =>
  page.evaluate((to) => void (location.hash = `#/${to}`), screen);

/** Presses what has this name, once it is there and enabled. */
export async function press(page: Page, name: string, role = 'button'): Promise<void> {
  await awaiting(`press “${name}”`, page.locator(named(role, name)).setTimeout(LIMIT_MS).click());
}

/** Presses the button whose words match, once there is one. */
export async function pressMatching(page: Page, words: RegExp): Promise<void> {
  const waiting = page.waitForFunction(
    (source) => {
      const buttons = [...document.querySelectorAll('button:not([disabled])')];
      const names = buttons.map(({ textContent }) => textContent.trim().replace(/\s+/gu, ' '));
      return names.find((name) => new RegExp(source, 'u').test(name));
    },
    { timeout: LIMIT_MS },
    words.source,
  );
  const found = await awaiting(`press ${String(words)}`, waiting);
  await press(page, String(await found.jsonValue()));
}

/** Writes into a field. */
export async function fill(page: Page, label: string, text: string, role = 'textbox'): Promise<void> {
  await awaiting(`fill “${label}”`, page.locator(named(role, label)).setTimeout(LIMIT_MS).fill(text));
}

/** Gives files to the first field for files on the screen. */
export async function giveFiles(page: Page, ...paths: readonly string[]): Promise<void> {
  const field = await page.waitForSelector('input[type="file"]:not([disabled])', {
    timeout: LIMIT_MS,
  });
  await (field as ElementHandle<HTMLInputElement>).uploadFile(...paths);
}

/** Until the screen says this. */
export async function untilText(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.body.innerText.includes(wanted),
    { timeout: 120_000 },
    text,
  );
}
