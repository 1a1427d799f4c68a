/**
 * What a second "Output:" in an example does to the instances of the standard model: the same completions of two runs, read
 * as each value of the switch `secondMark` says.
 */
import { parseArgs } from 'node:util';
import { parseInstances } from '../src/core/parse/instances';
import { SWITCHES } from '../src/core/presets';
import { Random } from '../src/core/random';
import type { ModelCall, Switches } from '../src/core/run';
import type { MachineTask } from '../src/core/task';
import { loadStandard, SEED_FILES, type SeedSetName, standardConfig, standardRun } from './standard-runs';
import { table } from './table';

export const about = 'instances of the standard model by how a second "Output:" is read';

const WAYS: readonly Required<Switches>['secondMark'][] = ['text', 'end', 'complete'];
const SECOND = /Output:[\s\S]*\n[ \t]*Output:/u;

/** @param args `--target N` tasks of each seed set, `--seed N` */
export async function run({ args }: { args: string[] }): Promise<{ json: unknown; text: string }> {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: 'string', default: '30' },
      seed: { type: 'string', default: '3' },
    },
  });
  const model = await loadStandard();
  const asked: { readonly task: MachineTask; readonly call: ModelCall }[] = [];
  for (const seeds of Object.keys(SEED_FILES) as SeedSetName[]) {
    const { tasks, calls } = await standardRun(
      model,
      seeds,
      standardConfig(Number(values.seed), Number(values.target)),
      'all',
    );
    for (const task of tasks) {
      const call = calls.find(({ taskId, stage }) => taskId === task.id && stage === 'instances');
      if (task.stage !== 'instruction' && call) asked.push({ task, call });
    }
    console.error(`${seeds}: ${tasks.length} tasks`);
  }
  const read = WAYS.map((secondMark) =>
    asked.map(({ task, call }) =>
      parseInstances(call.text, {
        instruction: task.instruction,
        outputFirst: task.stage !== 'instruction' && task.isClassification,
        finishReason: call.finishReason,
        switches: { ...SWITCHES.ours, secondMark },
        maxInstances: 5,
        random: new Random(1),
      }),
    ),
  );
  const rows = read.map((results, i) => [
    WAYS[i] ?? '',
    String(results.filter(({ instances }) => instances.length === 0).length),
    String(results.reduce((sum, { instances }) => sum + instances.length, 0)),
    String(
      results.filter(({ instances }) => instances.some(({ output }) => /(?:^|\n)[ \t]*Output:/u.test(output)))
        .length,
    ),
  ]);
  const cut = asked.filter(({ call }) => call.finishReason === 'length').length;
  const second = asked.filter(({ call }) => SECOND.test(call.text)).length;
  const json = { tasks: asked.length, cut, second, rows };
  const text = table(
    ['secondMark', 'tasks without an instance', 'instances', 'tasks with a mark in an output'],
    rows,
  );
  return { json, text: `${asked.length} tasks, ${cut} cut, ${second} with a second "Output:"\n\n${text}` };
}
