/**
 * Does the standard model know a classification task when it hardly ever says Yes? The odds of Yes to No for all tasks whose
 * type people wrote down: the two seed sets, from which the odds that decide are chosen, and the simple held-out tasks.
 */
import { readFileSync } from 'node:fs';
import { readSeedFile } from '../src/core/dataset/seed-file';
import { classificationPrompt } from '../src/core/prompts/classification-prompt';
import { percent } from './percent';
import { loadStandard, SEED_FILES, standardConfig } from './standard-runs';
import { table } from './table';

export const about = 'types of tasks by the odds of Yes to No, against those that people wrote down';

interface Typed {
  readonly isClassification: boolean;
  /** How many times as likely as No the model finds Yes. */
  readonly odds: number;
}

const HELD_OUT = 'seeds/simple_user_tasks.jsonl';

export async function run(): Promise<{ json: unknown; text: string }> {
  const model = await loadStandard(1);
  const { classificationShots } = standardConfig(0, 1);
  const odds = async (instruction: string): Promise<number> => {
    const { prompt } = classificationPrompt(instruction, classificationShots);
    const signal = new AbortController().signal;
    const choice = await model.choose?.({ prompt, turns: null }, ['Yes', 'No'], signal);
    const [yes = 0, no = 0] = choice?.probabilities ?? [];
    return yes / no;
  };
  const typed = async (file: string): Promise<Typed[]> => {
    const rows: Typed[] = [];
    for (const { instruction, isClassification } of readSeedFile(readFileSync(file, 'utf8')).seeds)
      rows.push({ isClassification, odds: await odds(instruction) });
    console.error(`${file}: ${rows.length} tasks`);
    return rows;
  };
  const seeds = [...(await typed(SEED_FILES.simple)), ...(await typed(SEED_FILES.paper))];
  const heldOut = await typed(HELD_OUT);
  const chosen = bestOdds(seeds);
  const tried = [1, 0.5, 0.3, chosen, 0.1];
  const rows = tried.flatMap((least) =>
    (
      [
        ['seed tasks', seeds],
        ['held-out tasks', heldOut],
      ] as const
    ).map(([name, tasks]) => [least.toFixed(2), name, ...cells(tasks, least)]),
  );
  const head = ['Yes from', 'tasks', 'type right', 'classification found', 'others taken for it'];
  return { json: { chosen, seeds, heldOut }, text: table(head, rows) };
}

const isRight = ({ isClassification, odds }: Typed, least: number): boolean =>
  odds >= least === isClassification;

/** The odds at which most types are right, to two digits. */
function bestOdds(tasks: readonly Typed[]): number {
  const right = (least: number): number => tasks.filter((task) => isRight(task, least)).length;
  const tried = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
  return tried.reduce((best, least) => (right(least) > right(best) ? least : best));
}

function cells(tasks: readonly Typed[], least: number): string[] {
  const [classification, others] = [
    tasks.filter((task) => task.isClassification),
    tasks.filter((task) => !task.isClassification),
  ];
  const taken = (of: readonly Typed[]): string =>
    percent(of.filter(({ odds }) => odds >= least).length, of.length);
  return [
    percent(tasks.filter((task) => isRight(task, least)).length, tasks.length),
    taken(classification),
    taken(others),
  ];
}
