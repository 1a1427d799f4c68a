/**
 * How long does a teacher wait for a class? Drops hand-ins on the Class screen of the built app and tells how long it takes
 * until all of them are compared.
 *
 *   npm run bench -- class --json class.json [--pupils 30] [--tasks 100] [--rounds 5] [--dist FOLDER]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HeadlessApp } from '../scripts/lib/headless-app.mjs';
import { handInOf } from '../src/testing/class-hand-ins';
import { takeLongTasks, watchLongTasks } from './main-thread';

export const about = 'the hand-ins of a class, compared';

export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      pupils: { type: 'string', default: '30' },
      tasks: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '5' },
      dist: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'self-instruct-class-'));
  const pupils = Number(values.pupils);
  const files: string[] = [];
  let bytes = 0;
  for (let pupil = 0; pupil < pupils; pupil++) {
    const content = new Uint8Array(await (await handInOf(pupil, Number(values.tasks))).arrayBuffer());
    const file = join(folder, `${pupil}.handin`);
    writeFileSync(file, content);
    files.push(file);
    bytes += content.length;
  }
  const app = await HeadlessApp.serve(values.dist);
  const seconds: number[] = [];
  let longestMs = 0;
  try {
    for (let round = 0; round < Number(values.rounds); round++) {
      const page = await app.openPage(watchLongTasks);
      await page.goto(new URL('#/class', page.url()).href);
      const input = page.locator('input[type=file]');
      await input.waitFor({ state: 'attached' });
      await takeLongTasks(page);
      const begun = performance.now();
      await input.setInputFiles(files);
      await page.getByRole('tab', { name: 'Overview' }).waitFor();
      seconds.push((performance.now() - begun) / 1000);
      longestMs = Math.max(longestMs, (await takeLongTasks(page)).longestMs);
    }
  } finally {
    await app.close();
    rmSync(folder, { recursive: true });
  }
  const json = { pupils, tasks: Number(values.tasks), bytes, seconds, longestMs };
  return { json, text: JSON.stringify(json, null, 2) };
}
