/**
 * One whole run on the built-in model in the built app: from a cold page to the first kept instruction, how busy the
 * model is, what is rejected, and whether the page stays responsive.
 *
 *   npm run bench -- run --json run.json [--target 200] [--seed 1] [--cold 3]
 */
import { parseArgs } from 'node:util';
import { HeadlessApp, runFigures, waitUntil } from '../scripts/lib/headless-app.mjs';
import { takeLongTasks, watchLongTasks } from './main-thread';

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      cold: { type: 'string', default: '3' },
    },
  });
  const coldSeconds: number[] = [];
  for (let i = 0; i < Number(values.cold); i++) coldSeconds.push(await coldStart(i + 1));
  const app = await HeadlessApp.serve();
  try {
    const page = await app.openPage(watchLongTasks);
    const options = { target: Number(values.target), seed: Number(values.seed) };
    await page.waitForTimeout(1_000);
    const opening = await takeLongTasks(page);
    await page.evaluate(() => void (location.hash = '#/generate'));
    await page.evaluate((given) => void window.selfInstruct.start(given), options);
    let lastLine = 0;
    const state = await waitUntil(
      page,
      ({ progress }) => {
        if (Date.now() - lastLine < 15_000) return;
        lastLine = Date.now();
        console.error(`${progress?.kept ?? 0} of ${values.target} kept`);
      },
      Infinity,
    );
    if (!state) throw new Error('The run ended without a state.');
    const figures = runFigures(state);
    const running = await takeLongTasks(page);
    const json = {
      coldPageToFirstAcceptedSeconds: coldSeconds,
      ...figures,
      keptPerMinute: (60 * figures.accepted) / figures.seconds,
      busyShare: figures.modelSeconds / figures.seconds,
      cachedShare: figures.cachedTokens / figures.promptTokens,
      stages: state.progress?.stages,
      longTasks: { opening, running },
    };
    return { json, text: JSON.stringify(json, null, 2) };
  } finally {
    await app.close();
  }
}

/** A fresh profile: nothing cached, nothing stored. Seconds from navigation to the first kept instruction. */
async function coldStart(seed: number): Promise<number> {
  const app = await HeadlessApp.serve();
  try {
    const page = await app.openPage();
    await page.evaluate((given) => void window.selfInstruct.start(given), { target: 1, seed });
    const state = await waitUntil(page, () => undefined, Infinity);
    const seconds = state?.firstAcceptedSeconds ?? NaN;
    console.error(`cold page to first kept instruction: ${seconds.toFixed(1)} s`);
    return seconds;
  } finally {
    await app.close();
  }
}
