/** The 20-minute lesson, from Start to the printed report, on the recorded run alone. */
import { expect, test } from '@playwright/test';
import { HOMEWORK } from '../src/core/lessons/homework';
import { App } from './app';

test('a lesson is begun from Start, survives a reload, and ends in a report of one page', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await page.getByRole('button', { name: 'Begin the 20-minute lesson' }).click();
  const lesson = page.getByRole('complementary', { name: 'Lesson', exact: true });
  for (const [i, { title, prediction, reveal, explanation }] of HOMEWORK.steps.entries()) {
    await expect(lesson.getByRole('heading', { name: title })).toBeVisible();
    if (prediction) {
      await lesson.getByRole('radio').nth(prediction.answer).check();
      await lesson.getByRole('button', { name: 'See what happens' }).click();
      await expect(lesson.getByText(reveal?.text ?? '')).toBeVisible();
      await expect(lesson.getByText('You predicted it.')).toBeVisible();
    }
    await lesson.getByRole('textbox').fill(`${explanation?.ask} `.repeat(20).slice(0, 390));
    if (i === 4) {
      await page.reload();
      await expect(lesson.getByRole('heading', { name: title })).toBeVisible();
      await expect(lesson.getByText('You predicted it.')).toBeVisible();
      // Its candidates are compared with each other first.
      const slider = page.getByRole('slider', { name: 'ROUGE-L threshold' });
      await expect(slider).toBeEnabled();
      await slider.press('End');
      await expect(page.getByText('14 more than at 0.70')).toBeVisible();
    }
    await lesson.getByRole('button', { name: /^(?:Next step|Finish)$/u }).click();
  }
  await lesson.getByRole('link', { name: 'My report, to print' }).click();
  await page.getByRole('textbox', { name: 'Name of the pupil or group' }).fill('Ada and Grace');
  await expect(page.getByText('7 of 7 predictions came true')).toBeVisible();
  const pdf = await page.pdf({ format: 'A4', margin: { top: '14mm', bottom: '14mm' } });
  expect(pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/gu)?.length).toBe(1);
});
