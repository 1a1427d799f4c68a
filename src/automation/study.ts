/** The study of data size for scripts (`npm run study`): the plan that its screen works through, and its curve as figures. */
import type { AppState } from '../app/app-state.svelte';
import { StudyState } from '../features/evaluate/study/study-state.svelte';
import { stepsOf } from '../core/plan/plan';
import type { StudyPoint } from '../core/study/study';

export interface StudyOptions {
  readonly runId: string;
  /** Id of the base model; the built-in one without it. */
  readonly model?: string;
  /** From 0 to 1. */
  readonly shares: readonly number[];
  readonly steps: number;
  /** Held-out tasks of the simple set. */
  readonly tasks: number;
  /** 0: all layers. */
  readonly topLayers: number;
  /** A run without filters is studied too. */
  readonly unfiltered?: boolean;
  /** Id of a model whose outputs are studied too. */
  readonly answeredBy?: string;
}
/** ROUGE-L F1 x100 with its 95 % interval over tasks. */
interface StudyScore {
  readonly rougeL: number;
  readonly interval: readonly [low: number, high: number];
}
export interface StudyResult {
  readonly steps: number;
  readonly tasks: number;
  readonly base: readonly (StudyScore & { readonly name: string })[];
  readonly points: readonly (StudyScore & Pick<StudyPoint, 'data' | 'share' | 'examples'>)[];
  readonly seconds: { readonly finetune: number; readonly evaluate: number };
}

/** Works through a study; the newest one goes on if it was not finished. @throws Error when it stopped */
export async function runStudy(
  app: AppState,
  { runId, model, shares, steps, tasks, topLayers, unfiltered = false, answeredBy }: StudyOptions,
  onShare: (share: number) => void,
): Promise<StudyResult> {
  const room = app.lasting(StudyState);
  await Promise.all([room.refresh(), app.runs.refresh(), app.plans.refresh()]);
  Object.assign(room, { runId, shares, steps, tasks, unfiltered, answeredBy: answeredBy ?? null });
  room.base.topLayers = topLayers;
  if (model !== undefined) room.base.id = model;
  const ticking = setInterval(() => onShare(room.plan.progress?.share ?? 0), 1_000);
  const [newest] = room.app.plans.of('study');
  try {
    await (newest ? room.plan.resume(newest.id) : room.begin());
    await Promise.all([room.refresh(), room.look()]);
  } finally {
    clearInterval(ticking);
  }
  const { study, figures } = room;
  if (room.plan.status !== 'finished' || !study) {
    throw new Error(`It did not finish: ${JSON.stringify(room.plan.failure)}`);
  }
  const score = (interval: (typeof figures.points)[number]['rougeL']): StudyScore => ({
    rougeL: rounded(interval?.mean),
    interval: [rounded(interval?.low), rounded(interval?.high)],
  });
  return {
    steps: stepsOf(study),
    tasks: room.evaluation.session.tasks.length,
    base: figures.bases.map(({ model: { name }, rougeL }) => ({ name, ...score(rougeL) })),
    points: figures.points.map(({ data, share, examples, rougeL }) => ({
      ...{ data, share, examples },
      ...score(rougeL),
    })),
    seconds: {
      finetune: sum(room.trainings.filter(({ id }) => study.stages.some(({ made }) => made === id))),
      evaluate: sum(room.evaluation.session.record?.models ?? []),
    },
  };
}

const rounded = (value = NaN): number => Number(value.toFixed(2));
const sum = (parts: readonly { readonly seconds: number }[]): number =>
  rounded(parts.reduce((all, { seconds }) => all + seconds, 0));
