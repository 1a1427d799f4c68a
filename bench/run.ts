/**
 * One whole run in the built app: from a cold page to the first kept instruction, how busy the model is, what is rejected,
 * and whether the page stays responsive. The last line is one JSON object.
 *
 *   npm run bench -- run --json run.json [--model built-in|standard|ID] [--target 200] [--seed 1] [--cold 3]
 */
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright';
import { HeadlessApp, runFigures, waitUntil } from '../scripts/lib/headless-app.mjs';
import { cpuSeconds } from './cpu-seconds';
import { takeLongTasks, watchLongTasks } from './main-thread';
import { table } from './table';

export const about = 'a whole run in the built app, on any model';

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string', default: 'built-in' },
      target: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      cold: { type: 'string', default: '3' },
    },
  });
  const { model } = values;
  const coldSeconds: number[] = [];
  for (let i = 0; i < Number(values.cold); i++) coldSeconds.push(await coldStart(model, i + 1));
  const app = await HeadlessApp.serve();
  try {
    const page = await app.openPage(watchLongTasks);
    const options = { model, target: Number(values.target), seed: Number(values.seed) };
    // A model that is not here yet is fetched first: the run is measured without that.
    await page.evaluate((name) => window.selfInstruct.fetchModel(name), model);
    await page.waitForTimeout(1_000);
    const opening = await takeLongTasks(page);
    await page.evaluate(() => void (location.hash = '#/generate'));
    const before = await cpuSeconds(browserOf(page));
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
    const cpu = (await cpuSeconds(browserOf(page))) - before;
    const figures = runFigures(state);
    const running = await takeLongTasks(page);
    const json = {
      model,
      coldPageToFirstAcceptedSeconds: coldSeconds,
      ...figures,
      keptPerMinute: (60 * figures.accepted) / figures.seconds,
      // Loading the model included. Other programs of the machine change it less than the minutes.
      keptPerCpuMinute: (60 * figures.accepted) / cpu,
      busyShare: figures.modelSeconds / figures.seconds,
      cachedShare: figures.cachedTokens / figures.promptTokens,
      stages: state.progress?.stages,
      longTasks: { opening, running },
    };
    return { json, text: `${report(json)}\n${JSON.stringify(json)}` };
  } finally {
    await app.close();
  }
}

function browserOf(page: Page): Browser {
  const browser = page.context().browser();
  if (!browser) throw new Error('The page has no browser.');
  return browser;
}

/** A fresh profile: nothing cached, nothing stored. Seconds from navigation to the first kept instruction. */
async function coldStart(model: string, seed: number): Promise<number> {
  const app = await HeadlessApp.serve();
  try {
    const page = await app.openPage();
    await page.evaluate((given) => void window.selfInstruct.start(given), { model, target: 1, seed });
    const state = await waitUntil(page, () => undefined, Infinity);
    const seconds = state?.firstAcceptedSeconds ?? NaN;
    console.error(`cold page to first kept instruction: ${seconds.toFixed(1)} s`);
    return seconds;
  } finally {
    await app.close();
  }
}

interface Reported extends ReturnType<typeof runFigures> {
  readonly coldPageToFirstAcceptedSeconds: readonly number[];
  readonly keptPerMinute: number;
  readonly keptPerCpuMinute: number;
  readonly busyShare: number;
  readonly longTasks: { readonly running: { readonly over50: number; readonly longestMs: number } };
}

function report(figures: Reported): string {
  const { over50, longestMs } = figures.longTasks.running;
  const seconds = figures.coldPageToFirstAcceptedSeconds.map((one) => one.toFixed(1)).join(', ');
  return table(
    ['figure', 'value'],
    [
      ['navigation to the first kept instruction, nothing cached, in seconds', seconds],
      ['instructions kept a minute', figures.keptPerMinute.toFixed(1)],
      ['instructions kept a minute of the processor', figures.keptPerCpuMinute.toFixed(1)],
      ['at least one request being computed', `${(100 * figures.busyShare).toFixed(1)} %`],
      ['prompt tokens for one kept task, as if nothing were kept', String(figures.promptTokensPerTask)],
      ['prompt tokens evaluated for one kept task', String(figures.evaluatedTokensPerTask)],
      ['main-thread tasks over 50 ms', `${over50}, longest ${longestMs} ms`],
    ],
  );
}
