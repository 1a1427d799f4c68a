/** The app as the tests use it: what a person does by role and name, what a script does by the handle for scripts. */
import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { Automation } from '../src/automation/automation';

type State = ReturnType<Automation['state']>;
export const SCREENS = [
  'Start',
  'Lessons',
  'Whole loop',
  'Seeds',
  'Generate',
  'Pool',
  'Decisions',
  'Review',
  'Analyse',
  'Compare',
  'Finetune',
  'Evaluate',
  'Export',
  'Class',
  'Models',
] as const;
export type ScreenName = (typeof SCREENS)[number];
type StartOptions = Parameters<Automation['start']>[0];

export class App {
  constructor(readonly page: Page) {}

  async open(screen = ''): Promise<void> {
    await this.page.goto(`/${screen && `#/${screen}`}`);
    await this.page.waitForFunction(() => 'selfInstruct' in window);
  }
  async go(screen: ScreenName): Promise<void> {
    // On narrow screens the list of screens is a menu.
    const menu = this.page.locator('button[aria-controls="screens"]');
    if (await menu.isVisible()) await menu.click();
    await this.page.getByRole('navigation').getByRole('link', { name: screen }).click();
  }

  /** Begins a run without waiting for its end. */
  startRun(options: StartOptions): Promise<void> {
    return this.page.evaluate((given) => void window.selfInstruct.start(given), options);
  }
  resumeRun(): Promise<void> {
    return this.page.evaluate(() => void window.selfInstruct.resume());
  }
  state(): Promise<State> {
    return this.page.evaluate(() => window.selfInstruct.state());
  }
  dataset(): Promise<string> {
    return this.page.evaluate(() => window.selfInstruct.dataset('dataset'));
  }
  async untilStatus(status: State['status'], timeout = 150_000): Promise<void> {
    await expect.poll(async () => (await this.state()).status, { timeout }).toBe(status);
  }
  async untilKept(count: number): Promise<void> {
    await expect
      .poll(async () => (await this.state()).progress?.kept ?? 0, { timeout: 60_000 })
      .toBeGreaterThanOrEqual(count);
  }
  async untilCalls(count: number): Promise<void> {
    const calls = async (): Promise<number> => {
      const { progress } = await this.state();
      if (!progress) return 0;
      const { instructions, classification, instances } = progress.stages;
      return instructions.calls + classification.calls + instances.calls;
    };
    await expect.poll(calls, { timeout: 120_000, intervals: [50] }).toBeGreaterThanOrEqual(count);
  }
}
