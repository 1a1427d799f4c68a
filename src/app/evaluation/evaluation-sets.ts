/** From what a person chose to tasks that can be asked: a set of the app, a run's tasks, or files. */
import { AppError } from '../../core/errors';
import { type EvaluationSet, type EvaluationTask, FILES_SET } from '../../core/evaluation/evaluation';
import { type HeldOutChoice, heldOutTasks, machineQuestions } from '../../core/evaluation/held-out';
import { type TaskFile, tasksOfSeeds } from '../../core/evaluation/task-file';
import { Random, deriveSeed } from '../../core/random';
import type { RunId } from '../../core/task';
import { Pacer } from '../../io/pacer';
import type { Services } from '../services';
import { WORDS } from './words';

export type SetChoice =
  /** One of the held-out sets that ship with the app. */
  | { readonly kind: 'shipped'; readonly id: string }
  | { readonly kind: 'held-out'; readonly runId: RunId; readonly choice: HeldOutChoice }
  /** All machine tasks of a run, for other outputs. */
  | { readonly kind: 'machine'; readonly runId: RunId }
  | { readonly kind: 'files'; readonly name: string; readonly found: TaskFile };

/**
 * @param limit at most so many tasks, drawn by `seed`; null = all
 * @throws AppError model-file-missing, bad-file (no task), storage-unavailable; AbortError
 */
export async function loadSet(
  services: Pick<Services, 'heldOutSets' | 'store'>,
  choice: SetChoice,
  limit: number | null,
  seed: number,
  signal: AbortSignal,
): Promise<EvaluationSet> {
  const set = await wholeSet(services, choice, signal);
  if (set.tasks.length === 0) {
    throw new AppError({ kind: 'bad-file', detail: WORDS.noTask(set.name) });
  }
  if (limit === null || limit >= set.tasks.length) return set;
  return {
    id: `${set.id}-${limit}`,
    name: `${set.name}, ${limit} of ${set.tasks.length}`,
    tasks: drawnTasks(set.tasks, limit, seed),
  };
}

async function wholeSet(
  { heldOutSets, store }: Pick<Services, 'heldOutSets' | 'store'>,
  choice: SetChoice,
  signal: AbortSignal,
): Promise<EvaluationSet> {
  switch (choice.kind) {
    case 'shipped': {
      const shipped = heldOutSets.find(({ id }) => id === choice.id);
      if (!shipped) throw new Error(`There is no held-out set "${choice.id}".`);
      return { id: shipped.id, name: shipped.name, tasks: tasksOfSeeds(await shipped.load()) };
    }
    case 'held-out':
    case 'machine': {
      const { runId, kind } = choice;
      const pacer = new Pacer();
      const scan = (): ReturnType<typeof store.scanTasks> => store.scanTasks(runId);
      const breathe = (): Promise<void> => {
        signal.throwIfAborted();
        return pacer.breathe();
      };
      const tasks = await (kind === 'machine'
        ? machineQuestions(scan, breathe)
        : heldOutTasks(scan, choice.choice, breathe));
      const number = (await store.run(runId))?.run.number ?? runId;
      const name = kind === 'machine' ? WORDS.machineTasks(number) : WORDS.heldOut(number);
      return { id: `${kind}-${runId}`, name, tasks };
    }
    case 'files':
      return { id: FILES_SET, name: choice.name, tasks: choice.found.tasks };
  }
}

/** In the order of the set. */
function drawnTasks(
  tasks: readonly EvaluationTask[],
  limit: number,
  seed: number,
): readonly EvaluationTask[] {
  const drawn = new Set(new Random(deriveSeed(seed, 'evaluation tasks')).sample(tasks, limit));
  return tasks.filter((task) => drawn.has(task));
}
