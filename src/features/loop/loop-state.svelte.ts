/** The loop on the screen: what is chosen for a new one, and what a stored one made, as far as it is. */
import type { EvaluationRecord } from '../../core/evaluation/evaluation';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import { type LoopRecords, loopPlan, loopRecords } from '../../core/loop/loop';
import { choiceId } from '../../core/models/stored-model';
import { nextStage, type NewPlan, type PlanRecord } from '../../core/plan/plan';
import { modelConfig } from '../../core/presets';
import type { AppState } from '../../app/app-state.svelte';
import { TabEvaluation } from '../../app/evaluation/tab-evaluation';
import { Job } from '../../app/job.svelte';
import { PlanSession } from '../../app/plan/plan-session.svelte';
import { BaseChoice } from '../../app/training/base-choice.svelte';
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

  constructor(readonly app: AppState) {
    this.plan = app.lasting(PlanSession);
    this.evaluation = app.lasting(TabEvaluation);
    this.base = new BaseChoice(app.services);
  }

  /** The loop on the screen; null for a new one, and while a plan of another kind is open. */
  get loop(): PlanRecord | null {
    return this.plan.plan?.kind === 'loop' ? this.plan.plan : null;
  }
  /** Newest first. */
  get stored(): readonly PlanRecord[] {
    return this.app.plans.plans.filter(({ kind }) => kind === 'loop');
  }
  get records(): LoopRecords | null {
    return this.loop && loopRecords(this.loop);
  }
  /** Its evaluation, once it is open in this tab. */
  get evaluated(): EvaluationRecord | null {
    const { record } = this.evaluation.session;
    return record && record.id === this.records?.evaluation ? record : null;
  }
  /** Whether something else would have to be waited for. */
  get busy(): boolean {
    return this.plan.active || this.plan.busy;
  }

  /** Reads what can be chosen. A loop that stopped before its end is shown by itself. */
  async refresh(): Promise<void> {
    await this.job.attempt(async () => {
      const [plans] = await Promise.all([this.app.services.plans.list(), this.base.refresh()]);
      const unfinished = plans.find((one) => one.kind === 'loop' && nextStage(one));
      if (!this.loop && unfinished) await this.plan.open(unfinished.id);
    });
  }

  /** Shows the answers of the open loop, once there are some. */
  async look(): Promise<void> {
    const id = this.records?.evaluation;
    if (!id) return;
    const { session, results } = this.evaluation;
    await session.open(id);
    await results.refresh();
  }

  async begin(): Promise<void> {
    const plan = await this.job.attempt(() => this.newPlan());
    if (plan) await this.plan.start(plan);
  }

  /** Undefined before there is a model to choose. @throws AppError model-not-here */
  async newPlan(): Promise<NewPlan | undefined> {
    const base = this.base.model;
    if (!base) return undefined;
    const modelId = choiceId(base);
    const info = await this.app.services.models.find(modelId);
    return loopPlan(
      {
        modelId,
        isChat: base.style === 'instruct',
        seedSetId: this.seedSetId,
        run: modelConfig(info, SEED, this.target),
        training: this.base.config(this.steps, SEED),
        set: { id: SET, limit: this.tasks },
        evaluation: builtInEvaluation(SEED),
      },
      {
        loop: WORDS.names.loop(base.name, this.target),
        evaluation: WORDS.names.evaluation(base.name),
        after: WORDS.names.after(base.name),
      },
      this.app.services.now(),
    );
  }
}
