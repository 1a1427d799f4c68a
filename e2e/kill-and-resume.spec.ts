import { type Browser, expect, test } from '@playwright/test';
import { HeadlessApp } from '../scripts/lib/headless-app.mjs';
import { App } from './app';

// The tracer keeps a request open to every browser of the test, also to those that are killed here.
test.use({ trace: 'off' });

const OPTIONS = { target: 10, seed: 11 } as const;

test('a run killed at many points gives the data set of an uninterrupted one', async ({ browser }) => {
  test.setTimeout(420_000);
  const whole = await uninterrupted(browser);
  const killable = await HeadlessApp.serve();
  try {
    // Each stretch gets a few calls further before the tab crashes or every process of the browser is killed.
    for (let kill = 0; ; kill++) {
      const page = await killable.openPage();
      const app = new App(page);
      const before = kill === 0 ? 0 : await storedCalls(app);
      if (kill === 0) await app.startRun(OPTIONS);
      else await app.resumeRun();
      if (before + 4 >= 20) {
        await app.untilStatus('finished');
        expect(kill).toBeGreaterThanOrEqual(4);
        expect(await app.dataset()).toBe(whole);
        return;
      }
      await app.untilCalls(before + 3);
      if (kill % 2 === 0) {
        const session = await page.context().newCDPSession(page);
        // The crash takes the answer with it.
        void session.send('Page.crash').catch(() => undefined);
        await page.waitForEvent('crash');
      }
      await killable.kill();
    }
  } finally {
    await killable.close();
  }
});

async function uninterrupted(browser: Browser): Promise<string> {
  const context = await browser.newContext();
  const app = new App(await context.newPage());
  await app.open();
  await app.startRun(OPTIONS);
  await app.untilStatus('finished');
  const dataset = await app.dataset();
  await context.close();
  expect(dataset.trim().split('\n')).toHaveLength(OPTIONS.target);
  return dataset;
}

/** Finished calls as the Start screen tells them. */
async function storedCalls(app: App): Promise<number> {
  const text = await app.page.getByText(/finished requests are stored/u).textContent();
  return Number(/\d+/u.exec(text ?? '')?.[0]);
}

test('a person finds the interrupted run on Start and takes it up again', async ({ context }) => {
  const first = new App(await context.newPage());
  await first.open();
  await first.startRun({ target: 5, seed: 3 });
  await first.untilKept(1);
  await first.page.close();

  const second = new App(await context.newPage());
  await second.open();
  await expect(second.page.getByRole('heading', { name: /Run 1 stopped at/u })).toBeVisible();
  await second.page.getByRole('button', { name: 'Resume run 1' }).click();
  await second.untilStatus('finished');
  expect((await second.state()).progress?.completed).toBe(5);
});
