/** The loop on the screen: what is chosen for a new one, and what a stored one made, as far as it is. */
import type { EvaluationRecord } from '../../core/evaluation/evaluation';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import { type LoopChoices, type LoopRecords, loopPlan, loopRecords } from '../../core/loop/loop';
import {
  type LoopExtent,
  type LoopPace,
  loopSeconds,
  type LoopSeconds,
  loopSize,
} from '../../core/loop/pace';
import { choiceId } from '../../core/models/stored-model';
import { nextStage, type NewPlan, type PlanRecord } from '../../core/plan/plan';
import { modelConfig } from '../../core/presets';
import type { AppState } from '../../app/app-state.svelte';
import { TabEvaluation } from '../../app/evaluation/tab-evaluation';
import { Job } from '../../app/job.svelte';
import { PlanSession } from '../../app/plan/plan-session.svelte';
import { seedsOf } from '../../app/run/seeds-of';
import { TabTraining } from '../../app/training/tab-training';
import { BaseChoice } from '../../app/training/base-choice.svelte';
import { percent } from '../../ui/format';
import { NOTHING_MADE, readMade } from './loop-result';
import { probeLoop } from './loop-probe';
import { WORDS } from './words';

/** The held-out tasks in simple English. */
const SET = 'simple';
const SEED = 1;

export class LoopState {
  readonly plan: PlanSession;
  readonly evaluation;
  readonly base: BaseChoice;
  readonly job = new Job();
  seedSetId = $state('simple');
  target = $state(100);
  steps = $state(72);
  tasks = $state(100);
  seedsAlone = $state(false);
  made = $state.raw(NOTHING_MADE);
  #measured = $state.raw<{ readonly key: string; readonly pace: LoopPace } | null>(null);

  constructor(readonly app: AppState) {
    this.plan = app.lasting(PlanSession);
    this.evaluation = app.lasting(TabEvaluation);
    this.base = new BaseChoice(app.services);
    app.setBadge('loop', () => {
      const { progress, active } = this.plan;
      return { label: this.loop && active && progress ? percent(progress.share, 1) : '', active };
    });
  }

  /** The loop on the screen; null for a new one, and while a plan of another kind is open. */
  get loop(): PlanRecord | null {
    return this.plan.of('loop');
  }
  get records(): LoopRecords | null {
    return this.loop && loopRecords(this.loop);
  }
  /** Its evaluation, once it is open in this tab. */
  get evaluated(): EvaluationRecord | null {
    const { record } = this.evaluation.session;
    return record && record.id === this.records?.evaluation ? record : null;
  }
  /** Of this device with the chosen model; null before it is measured. */
  get pace(): LoopPace | null {
    return this.#measured?.key === this.#key ? this.#measured.pace : null;
  }
  /** How long the stages will take as chosen; null before it is measured. */
  get promised(): LoopSeconds | null {
    return this.pace && loopSeconds(this.pace, loopSize(this.#extent));
  }
  /** Whether something else would have to be waited for. */
  get busy(): boolean {
    return this.plan.active || this.plan.busy || this.job.running;
  }

  /** Reads what can be chosen. A loop that stopped before its end is shown by itself. */
  async refresh(): Promise<void> {
    await this.job.attempt(async () => {
      const [plans] = await Promise.all([this.app.services.plans.list(), this.base.refresh()]);
      const unfinished = plans.find((one) => one.kind === 'loop' && nextStage(one));
      if (!this.loop && unfinished) await this.plan.open(unfinished.id);
    });
  }

  /** Reads what the open loop made, as far as it is, and shows its answers. */
  async look(): Promise<void> {
    const { records } = this;
    await this.job.attempt(async () => {
      this.made = records ? await readMade(this.app.services, records) : NOTHING_MADE;
    });
    if (!records?.evaluation) return;
    const { session, results } = this.evaluation;
    await session.open(records.evaluation);
    await results.refresh();
  }

  /** Hands the report of the open loop to the user, once its models have answered. */
  async saveReport(): Promise<void> {
    const { loop: plan, made, evaluated: record, evaluation, app } = this;
    const { figures, stem } = evaluation.results;
    if (!plan || !record || !figures) return;
    await this.job.attempt(async () => {
      const { loopReport, loopReportName } = await import('./loop-report');
      const { tasks } = evaluation.session;
      const { version } = app.services;
      const cover = (text: string): string => app.classroom.cover(text);
      const report = loopReport({ plan, made, record, tasks, figures, stem, version, cover });
      app.services.saveFile(loopReportName(plan), report);
    });
  }

  /** Shows the run of the open loop where data are saved. */
  async openData(): Promise<void> {
    const { run } = this.made;
    if (run) await this.app.session.open(run.run.id);
    this.app.router.go('export', { format: 'passport' });
  }
  /** Shows the finetuning of the open loop, from where its model is saved. */
  async openModel(): Promise<void> {
    const { after } = this.made;
    if (after) await this.app.lasting(TabTraining).session.open(after.id);
    this.app.router.go('finetune');
  }

  /** Measures the chosen model, unless it was measured. @returns whether it is measured now */
  async measure(): Promise<boolean> {
    if (this.pace) return true;
    const key = this.#key;
    const pace = await this.job.run(async (signal, report) => {
      const { services } = this.app;
      const { modelId, run, training, evaluation } = await this.#choices();
      const { seeds } = await seedsOf(services, this.seedSetId);
      return probeLoop(services, { modelId, run, seeds, training, setId: SET, evaluation }, signal, report);
    });
    if (pace) this.#measured = { key, pace };
    return pace !== undefined;
  }

  /** Measures what was not measured, then works through the loop. */
  async begin(): Promise<void> {
    if (!(await this.measure())) return;
    const plan = await this.job.attempt(() => this.newPlan());
    if (plan) await this.plan.start(plan);
  }

  /** @throws AppError model-not-here */
  async newPlan(): Promise<NewPlan> {
    const choices = await this.#choices();
    const { name } = choices;
    const names = {
      loop: WORDS.names.loop(name, this.target),
      evaluation: WORDS.names.evaluation(name),
      after: WORDS.names.after(name),
      seedsAlone: WORDS.names.seedsAlone(name),
    };
    return loopPlan(choices, names, this.pace, this.app.services.now());
  }

  async #choices(): Promise<LoopChoices & { readonly name: string }> {
    const info = await this.app.services.models.find(this.base.id);
    return {
      ...this.#extent,
      name: info.name,
      modelId: choiceId(info),
      seedSetId: this.seedSetId,
      run: modelConfig(info, SEED, this.target),
      training: this.base.config(this.steps, SEED),
      setId: SET,
      evaluation: builtInEvaluation(SEED),
    };
  }
  get #extent(): LoopExtent {
    const { target, steps, tasks, seedsAlone, base } = this;
    return { target, steps, tasks, seedsAlone, isChat: base.model?.style === 'instruct' };
  }
  /** What the pace of a loop depends on. */
  get #key(): string {
    return JSON.stringify([this.base.id, this.base.topLayers, this.seedSetId]);
  }
}
