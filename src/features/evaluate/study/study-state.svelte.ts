/** The study that is shown: what is chosen for a new one, and the curve of a stored one as far as it is. */
import { builtInEvaluation } from '../../../core/evaluation/prompt';
import { choiceId, type ModelInfo } from '../../../core/models/stored-model';
import { type NewPlan, type PlanRecord, WHOLE_RUN } from '../../../core/plan/plan';
import type { RunSummary } from '../../../core/ports';
import { withoutFilters } from '../../../core/presets';
import {
  evaluationOf,
  SHARES,
  type StudyChoices,
  studyPlan,
  studyPoints,
  studySize,
} from '../../../core/study/study';
import type { TrainingRecord } from '../../../core/training/training';
import type { AppState } from '../../../app/app-state.svelte';
import { TabEvaluation } from '../../../app/evaluation/tab-evaluation';
import { Job } from '../../../app/job.svelte';
import { PlanSession } from '../../../app/plan/plan-session.svelte';
import { BaseChoice } from '../../../app/training/base-choice.svelte';
import { TabTraining } from '../../../app/training/tab-training';
import { gradesByModel, type GradesByModel, type StudyFigures } from './study-chart';
import { WORDS } from './words';

/** Enough for the simple seed tasks to be seen ten times. */
const STEPS = 72;
const TASKS = 100;
const SEED = 1;

export class StudyState {
  readonly plan: PlanSession;
  readonly training;
  readonly evaluation;
  readonly job = new Job();
  readonly app: AppState;
  readonly base: BaseChoice;
  runId = $state<string | null>(null);
  steps = $state(STEPS);
  tasks = $state(TASKS);
  shares = $state.raw(SHARES);
  /** Whether a run without filters is studied too. */
  unfiltered = $state(false);
  /** Id of the model whose outputs are studied too; null: none. */
  answeredBy = $state<string | null>(null);
  models = $state.raw<readonly ModelInfo[]>([]);
  /** Seconds of one finetuning, with the choices that were measured. */
  promise = $state.raw<{ readonly key: string; readonly seconds: number } | null>(null);
  trainings = $state.raw<readonly TrainingRecord[]>([]);
  grades = $state.raw<GradesByModel>({});

  constructor(app: AppState) {
    this.app = app;
    this.base = new BaseChoice(app.services);
    this.plan = app.lasting(PlanSession);
    this.training = app.lasting(TabTraining).session;
    this.evaluation = app.lasting(TabEvaluation);
    app.services.trainings.watch(() => void this.refresh());
  }

  /** The study on the screen; null for a new one, and while a plan of another kind is open. */
  get study(): PlanRecord | null {
    return this.plan.of('study');
  }
  /** Runs with generated tasks. */
  get runs() {
    return this.app.runs.runs.filter(({ progress }) => progress.instances > 0);
  }
  get run() {
    return this.runs.find(({ run }) => run.id === this.runId) ?? this.runs[0];
  }
  /** Whether the studied run was generated here, so that it can be generated without filters. */
  get canRepeat(): boolean {
    return this.run?.run.source === 'here';
  }
  /** How many finetunings are chosen. */
  get finetunings(): number {
    return this.run ? studySize({ shares: this.shares, ...this.#others(this.run) }).length : 0;
  }
  /** Whether something else would have to be waited for. */
  get busy(): boolean {
    return this.plan.active || this.plan.busy;
  }
  /** Seconds of one finetuning as chosen; null when they were not measured. */
  get promised(): number | null {
    return this.promise && this.promise.key === this.#key ? this.promise.seconds : null;
  }
  readonly figures = $derived.by((): StudyFigures => {
    const { study } = this;
    const { session, results } = this.evaluation;
    const isOpen = study !== null && session.record?.id === evaluationOf(study);
    const models = isOpen ? (results.figures?.models ?? []) : [];
    return {
      points: study ? studyPoints(study, this.trainings, models) : [],
      bases: models.filter(({ model }) => model.origin !== 'finetuned'),
      grades: isOpen ? this.grades : {},
    };
  });

  /** Reads what can be chosen, and what the open study made. */
  async refresh(): Promise<void> {
    await this.job.attempt(async () => {
      const { services } = this.app;
      this.trainings = await services.trainings.list();
      this.models = await services.models.list();
      await this.base.refresh();
    });
  }

  /** Shows the answers of the open study, once there are some. */
  async look(): Promise<void> {
    const id = this.study && evaluationOf(this.study);
    if (!id) return;
    const { session, results } = this.evaluation;
    await session.open(id);
    await results.refresh();
    this.grades = gradesByModel(await this.app.services.evaluations.grades(id));
  }

  /** Tries a few steps of the largest finetuning. */
  async measure(): Promise<void> {
    const { run } = this;
    if (!run || !this.base.model) return;
    const key = this.#key;
    const data = {
      source: 'run-and-seeds' as const,
      runId: run.run.id,
      name: WORDS.names.model(run.run.number, 1, 'run'),
      ...WHOLE_RUN,
    };
    const plan = { name: data.name, baseId: this.base.id, data, config: this.base.config(this.steps, SEED) };
    const estimate = await this.training.estimate(plan);
    if (estimate) this.promise = { key, seconds: estimate.seconds };
  }

  async begin(): Promise<void> {
    const plan = this.newPlan();
    if (plan) await this.plan.start(plan);
  }

  /** Null without a run and a model. */
  newPlan(): NewPlan | null {
    const { run } = this;
    const base = this.base.model;
    if (!run || !base) return null;
    const { number, id } = run.run;
    return studyPlan(
      {
        runId: id,
        baseId: choiceId(base),
        isChat: base.style === 'instruct',
        shares: this.shares,
        config: this.base.config(this.steps, SEED),
        set: { id: 'simple', limit: this.tasks },
        evaluation: builtInEvaluation(SEED),
        ...this.#others(run),
      },
      {
        study: WORDS.names.study(number, base.name),
        evaluation: WORDS.names.evaluation(number),
        answers: WORDS.names.answers(number),
        model: (share, data) => WORDS.names.model(number, share, data),
      },
      this.promised,
      this.app.services.now(),
    );
  }

  /** The data that are studied beside those of the run. */
  #others({ run, progress }: RunSummary): Pick<StudyChoices, 'unfiltered' | 'answered'> {
    const config = { ...withoutFilters(run.config), target: progress.kept };
    const unfiltered = {
      ...{ modelId: run.model.id, config, seedSetId: run.seedSet.id },
      promised: progress.seconds > 0 ? progress.seconds : null,
    };
    const { answeredBy } = this;
    const { maxTokens } = run.config.decoding.instances;
    return {
      ...(this.unfiltered && this.canRepeat ? { unfiltered } : {}),
      ...(answeredBy === null
        ? {}
        : {
            answered: {
              ...{ modelId: answeredBy, config: { ...builtInEvaluation(SEED), maxTokens } },
              promised: null,
            },
          }),
    };
  }
  get #key(): string {
    return JSON.stringify([this.run?.run.id, this.base.id, this.steps, this.base.topLayers]);
  }
}
