import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { App, SCREENS } from './app';

test('axe finds nothing on any screen, in light and dark, wide and narrow, before and after a run', async ({
  page,
}) => {
  test.setTimeout(600_000);
  const app = new App(page);
  await app.open();
  const look = async (state: string): Promise<void> => {
    for (const screen of SCREENS) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await app.go(screen);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', 360],
      ] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 900 });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map(
            ({ id, nodes }) => `${state} ${screen} ${colorScheme}: ${id} ${nodes[0]?.html ?? ''}`,
          ),
        ).toEqual([]);
      }
    }
  };
  await look('empty');
  await app.startRun({ target: 3, seed: 1 });
  await app.untilStatus('running');
  await look('running or finished');
  await app.untilStatus('finished');
  await look('finished');
});

test('no screen scrolls sideways at 320 pixels', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.startRun({ target: 2, seed: 1 });
  await app.untilStatus('finished');
  await page.setViewportSize({ width: 320, height: 700 });
  for (const screen of SCREENS) {
    await app.go(screen);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, screen).toBeLessThanOrEqual(320);
  }
});

test('a run can be started, paused and exported with the keyboard alone', async ({ page }) => {
  const app = new App(page);
  await app.open();
  const press = async (name: RegExp): Promise<void> => {
    for (let tabs = 0; tabs < 60; tabs++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
      if (name.test(focused)) {
        await page.keyboard.press('Enter');
        return;
      }
    }
    throw new Error(`No ${String(name)} was reached with the Tab key.`);
  };
  await press(/^Start with the built-in model/u);
  await app.untilKept(1);
  await press(/^Pause/u);
  await app.untilStatus('paused');
  await press(/^Export$/u);
  await expect(page.getByRole('heading', { level: 1, name: 'Export' })).toBeVisible();
});
