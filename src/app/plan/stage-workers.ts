/** The stages of a plan on the run, the finetuning and the evaluation of this tab. */
import { AppError, type Failure } from '../../core/errors';
import { type PlanRecord, type PlanRef, resolved } from '../../core/plan/plan';
import type { StageProgress } from '../../core/plan/plan-progress';
import type { Progress } from '../../core/ports';
import type { RunId } from '../../core/task';
import type { AppState } from '../app-state.svelte';
import { TabEvaluation } from '../evaluation/tab-evaluation';
import { asPlainText } from '../evaluation/evaluated-models';
import { loadSet, type SetChoice } from '../evaluation/evaluation-sets';
import { seedsOf } from '../run/seeds-of';
import type { Services } from '../services';
import { TabTraining } from '../training/tab-training';
import { WORDS as TRAINING } from '../training/words';
import { type StageTask, type StageWorker, type StageWorkers, workedBy } from './stage-worker';

export const stageWorkers = (app: AppState): StageWorkers => ({
  generate: new GenerateStage(app),
  finetune: new FinetuneStage(app),
  evaluate: new EvaluateStage(app),
});

class GenerateStage implements StageWorker<'generate'> {
  constructor(private readonly app: Pick<AppState, 'session' | 'services'>) {}

  get active(): boolean {
    return this.app.session.active;
  }
  get shown(): string | null {
    return this.app.session.run?.id ?? null;
  }
  show(made: string): Promise<void> {
    return this.app.session.open(made as RunId);
  }
  get loading(): Progress | null {
    return this.app.session.loading;
  }
  get progress(): StageProgress | null {
    const { progress, run, rates } = this.app.session;
    if (!progress || !run) return null;
    return {
      done: progress.kept,
      total: run.config.target,
      rate: rates.keptPerMinute === null ? null : rates.keptPerMinute / 60,
      // The middle of the range.
      secondsLeft: rates.secondsLeft && (rates.secondsLeft.low + rates.secondsLeft.high) / 2,
    };
  }
  async work({ work, made, place }: StageTask<'generate'>, signal: AbortSignal): Promise<void> {
    const { session, services } = this.app;
    const stored = made === null ? undefined : await services.store.run(made as RunId);
    if (stored?.progress.finished) return;
    await workedBy(
      session,
      async () => {
        if (made !== null) return session.resume(made as RunId);
        const { modelId: model, config, seedSetId } = work;
        const seeds = await seedsOf(services, seedSetId);
        // A session that has not begun cannot be paused.
        signal.throwIfAborted();
        return session.start({ model, config, ...seeds, planned: place });
      },
      signal,
      () => session.failure ?? (session.status === 'elsewhere' ? openElsewhere(session.run?.id) : null),
    );
  }
}

class FinetuneStage implements StageWorker<'finetune'> {
  readonly #session;
  constructor(private readonly app: AppState) {
    this.#session = app.lasting(TabTraining).session;
  }

  get active(): boolean {
    return this.#session.active;
  }
  get shown(): string | null {
    return this.#session.record?.id ?? null;
  }
  show(made: string): Promise<void> {
    return this.#session.open(made);
  }
  get loading(): Progress | null {
    return this.#session.progress;
  }
  get progress(): StageProgress | null {
    const { figures, record } = this.#session;
    if (!figures || !record || record.steps === 0) return null;
    const { step, secondsPerStep, secondsLeft } = figures;
    const rate = secondsPerStep === null || secondsPerStep === 0 ? null : 1 / secondsPerStep;
    return { done: step, total: record.steps, rate, secondsLeft };
  }
  async work({ work, made, place, plan }: StageTask<'finetune'>, signal: AbortSignal): Promise<void> {
    const session = this.#session;
    await workedBy(
      session,
      async () => {
        if (made !== null) return session.resume(made);
        const runId = resolved(plan, work.run);
        const number = (await this.app.services.store.run(runId as RunId))?.run.number ?? 0;
        const name = TRAINING.names.data(work.data.source, number);
        const answers = work.answers ? { answers: resolved(plan, work.answers) } : {};
        const { config } = work;
        signal.throwIfAborted();
        return session.start(
          { name: work.name, baseId: work.baseId, data: { ...work.data, runId, name, ...answers }, config },
          null,
          place,
        );
      },
      signal,
    );
  }
}

class EvaluateStage implements StageWorker<'evaluate'> {
  readonly #session;
  constructor(private readonly app: AppState) {
    this.#session = app.lasting(TabEvaluation).session;
  }

  get active(): boolean {
    return this.#session.active;
  }
  get shown(): string | null {
    return this.#session.record?.id ?? null;
  }
  show(made: string): Promise<void> {
    return this.#session.open(made);
  }
  get loading(): Progress | null {
    return this.#session.loading;
  }
  get progress(): StageProgress | null {
    return this.#session.record && this.#session.progress;
  }
  async work({ work, made, place, plan }: StageTask<'evaluate'>, signal: AbortSignal): Promise<void> {
    const session = this.#session;
    const { services } = this.app;
    await workedBy(
      session,
      async () => {
        if (made !== null) return session.resume(made);
        const { config, name, set: wanted } = work;
        const set =
          'run' in wanted
            ? await loadSet(services, ofRun(resolved(plan, wanted.run)), null, config.seed, signal)
            : await loadSet(services, { kind: 'shipped', id: wanted.id }, wanted.limit, config.seed, signal);
        const ids = await Promise.all(work.models.map((ref) => modelOf(services, plan, ref)));
        const infos = await Promise.all(ids.map((id) => services.models.find(id)));
        const models = infos.map((info, i) => (work.models[i]?.plain ? asPlainText(info) : info));
        signal.throwIfAborted();
        return session.start({ name, set, config, models, planned: place });
      },
      signal,
      // Models that could not be asked are told one by one on its own screen.
      () => session.failure ?? session.skipped[0]?.failure,
    );
  }
}

const openElsewhere = (runId = ''): Failure => ({ kind: 'run-open-elsewhere', runId });

const ofRun = (runId: string): SetChoice => ({ kind: 'machine', runId: runId as RunId });

/** The model that is asked: one of this device, or what a finetuning made. */
async function modelOf({ trainings }: Services, plan: PlanRecord, ref: PlanRef): Promise<string> {
  const id = resolved(plan, ref);
  if ('id' in ref) return id;
  const record = await trainings.get(id);
  if (!record?.modelId) throw new AppError({ kind: 'record-gone', record: 'finetuning', id });
  return record.modelId;
}
