/** What browsers do with tabs: freeze them, discard them, keep them when the user goes to another page and back. */
import { type Browser, type BrowserContext, chromium, expect, test } from '@playwright/test';
import { App } from './app';

const OPTIONS = { target: 6, seed: 17 } as const;
let whole = '';

async function fresh(browser: Browser): Promise<{ context: BrowserContext; app: App }> {
  const context = await browser.newContext();
  const app = new App(await context.newPage());
  await app.open();
  return { context, app };
}
/** The run to its end, resumed if it was interrupted. */
async function finished(app: App): Promise<string> {
  const status = async (): Promise<string> => (await app.state()).status;
  if ((await status()) !== 'running' && (await status()) !== 'finished') await app.resumeRun();
  await app.untilStatus('finished');
  return app.dataset();
}

test.beforeAll(async ({ browser }) => {
  const { context, app } = await fresh(browser);
  await app.startRun(OPTIONS);
  whole = await finished(app);
  await context.close();
});

test('a frozen tab continues where it was', async ({ browser }) => {
  const { context, app } = await fresh(browser);
  await app.startRun(OPTIONS);
  await app.untilKept(1);
  const session = await context.newCDPSession(app.page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  expect(await finished(app)).toBe(whole);
  await expect(app.page.getByRole('alert')).toHaveCount(0);
  await context.close();
});

test('a discarded tab, loaded again when the user looks at it, offers its run', async ({ browser }) => {
  const { context, app } = await fresh(browser);
  await app.startRun(OPTIONS);
  await app.untilKept(1);
  // Discarding ends the tab's process and loads its address again later.
  const session = await context.newCDPSession(app.page);
  void session.send('Page.crash').catch(() => undefined);
  await app.page.waitForEvent('crash');
  const again = new App(await context.newPage());
  await again.open();
  await again.page.getByRole('button', { name: 'Resume run 1' }).click();
  await again.untilStatus('finished');
  expect(await again.dataset()).toBe(whole);
  await context.close();
});

for (const cache of ['with', 'without'] as const) {
  test(`away and back ${cache} the back-forward cache: the run ends as if nobody had left`, async ({
    baseURL,
    launchOptions,
  }) => {
    // Playwright switches the cache off.
    const browser = await chromium.launch({
      ...launchOptions,
      ...(cache === 'with' ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {}),
    });
    const context = await browser.newContext({ baseURL: baseURL ?? '' });
    const app = new App(await context.newPage());
    await app.open();
    await app.startRun(OPTIONS);
    await app.untilKept(1);
    await app.page.goto('data:text/html,<title>Away</title>', { waitUntil: 'commit' });
    await app.page.waitForFunction(() => document.title === 'Away');
    // By the page, not by the protocol, which may still speak with the page that was left. A page out of the cache does not load again.
    await app.page.evaluate(() => history.back());
    await app.page.waitForFunction(() => 'selfInstruct' in window);
    // Out of the cache the run is at work as it was; a page that loads again offers it.
    const offered = app.page.getByRole('heading', { name: /run 1/iu }).first();
    await expect
      .poll(async () => (await app.state()).status === 'running' || (await offered.isVisible()))
      .toBe(true);
    expect(await finished(app)).toBe(whole);
    await browser.close();
  });
}
