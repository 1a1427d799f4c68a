import { expect, test } from '@playwright/test';
import { App } from './app';

test('one click on Start generates with the built-in model, and pause keeps what there is', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('writes its own training tasks');
  await page.getByRole('button', { name: 'Start with the built-in model' }).click();

  await expect(page.getByRole('heading', { level: 2, name: 'Prompt' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'Seed task' }).first()).toBeVisible();
  await app.untilKept(1);
  const verdicts = page.getByRole('region', { name: 'Verdicts', exact: true });
  await expect(verdicts.getByText('Accepted').first()).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('of 50 machine instructions');
  await expect(page.getByText('tokens/s')).toBeVisible();

  await page.getByRole('button', { name: 'Pause' }).click();
  await app.untilStatus('paused');
  await expect(page.getByRole('button', { name: /Resume run 1/u })).toBeVisible();
  expect((await app.state()).progress?.kept).toBeGreaterThan(0);
});

test('settings lead to a finished run that can go on', async ({ page }) => {
  const app = new App(page);
  await app.open('generate');
  await page.getByLabel('Target').fill('3');
  await page.getByText('All values').click();
  await page.getByLabel('Run seed').fill('7');
  await page.getByRole('radio', { name: "The paper's" }).click();
  await expect(page.getByLabel('Instructions: Top-p')).toHaveValue('0.5');
  await page.getByRole('radio', { name: 'For the built-in model' }).click();
  await page.getByRole('button', { name: 'Start the run' }).click();
  await app.untilStatus('finished');

  const { progress } = await app.state();
  expect(progress?.kept).toBe(3);
  expect(progress?.completed).toBe(3);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('3 of 3 machine instructions');
  await page.getByRole('button', { name: '50 more instructions' }).click();
  await app.untilKept(4);
  await page.getByRole('button', { name: 'Stop here' }).click();
  await app.untilStatus('finished');
  expect((await app.state()).progress?.completed).toBe((await app.state()).progress?.kept);
});

test('a number outside its limits is refused in words and changes nothing', async ({ page }) => {
  const app = new App(page);
  await app.open('generate');
  const target = page.getByLabel('Target');
  await target.fill('0');
  await expect(target).toHaveAttribute('aria-invalid', 'true');
  await expect(
    page.getByText('Enter a whole number from 1 to 100000. Until then, 50 is used.'),
  ).toBeVisible();
});
