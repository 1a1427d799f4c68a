import { expect, type Page, test } from '@playwright/test';
import { App } from './app';

/** A training of few steps that is stored after each, so that a kill anywhere loses little. */
async function plan(page: Page): Promise<void> {
  await page.getByRole('spinbutton', { name: 'Max examples' }).fill('16');
  await page.getByRole('spinbutton', { name: 'Epochs' }).fill('3');
  await page.getByRole('spinbutton', { name: 'Batch size' }).fill('4');
  await page.getByText('More settings').click();
  await page.getByRole('spinbutton', { name: 'Validation interval' }).fill('6');
  await page.getByRole('spinbutton', { name: 'Sample interval' }).fill('6');
  await page.getByRole('spinbutton', { name: 'Checkpoint interval' }).fill('2');
}
const stepOf = async (page: Page): Promise<number> =>
  Number(await page.getByRole('progressbar', { name: 'Steps' }).first().getAttribute('aria-valuenow'));

test('a run becomes a finetuned model, through a tab that dies in between', async ({ context }) => {
  const first = new App(await context.newPage());
  await first.open();
  await first.startRun({ target: 6, seed: 21 });
  await first.untilStatus('finished');
  await first.go('Finetune');
  await plan(first.page);
  await first.page.getByRole('textbox', { name: 'Name of the new model' }).fill('Own student');
  await first.page.getByRole('button', { name: 'Measure time and memory' }).click();
  await expect(first.page.getByText('Measured on this device')).toBeVisible({ timeout: 60_000 });
  await first.page.getByRole('button', { name: 'Start finetuning' }).click();
  await expect.poll(() => stepOf(first.page), { timeout: 90_000, intervals: [50] }).toBeGreaterThanOrEqual(3);
  // The tab dies with the trainer in it.
  const session = await context.newCDPSession(first.page);
  void session.send('Page.crash').catch(() => undefined);
  await first.page.waitForEvent('crash');
  await first.page.close();

  const second = new App(await context.newPage());
  await second.open();
  await expect(second.page.getByText(/“Own student” is stored at step [2-8] of 12/u)).toBeVisible();
  await second.page.getByRole('link', { name: 'Resume it' }).click();
  const { page } = second;
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => stepOf(page), { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(7);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('heading', { name: 'Paused: Own student' })).toBeVisible();
  await page.reload();
  await second.page.waitForFunction(() => 'selfInstruct' in window);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('heading', { name: 'Finished: Own student' })).toBeVisible({ timeout: 90_000 });

  // Every step once, whatever happened in between; what it learned shows in the loss.
  await page.getByRole('radio', { name: 'Table' }).click();
  const losses = await page
    .getByRole('table', { name: 'Loss' })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
  expect(losses.map(([step]) => step)).toEqual(Array.from({ length: 13 }, (_, step) => String(step)));
  expect(Number(losses.at(-1)?.[1])).toBeLessThan(Number(losses[1]?.[1]));
  await expect(page.getByText('Estimated', { exact: true })).toBeVisible();
  await expect(page.getByText('Step 0, base model')).toBeVisible();

  // It is a model like any other now: stored with its files, to be saved, and there after a reload.
  const models = page.getByRole('region', { name: 'Finetuned models' });
  await expect(models.getByText('finished')).toBeVisible();
  await models.getByRole('button', { name: 'Save as … Own student' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('Own-student-f16.gguf');
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(models.getByText('Own student', { exact: true }).first()).toBeVisible();

  // And it writes: a run of its own with it.
  await second.go('Generate');
  await page.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'Own student' });
  await page.getByRole('spinbutton', { name: 'Target' }).fill('1');
  await page.getByRole('button', { name: 'Start the run' }).click();
  await expect
    .poll(async () => (await second.state()).progress?.stages.instructions.completionTokens ?? 0, {
      timeout: 60_000,
    })
    .toBeGreaterThan(0);
});
