/** What a new finetuning is trained on, and how: the choices of the Finetune screen before it starts. */
import { BUILT_IN } from '../../core/models/stored-model';
import type { RunSummary } from '../../core/ports';
import { defaultConfig } from '../../core/training/defaults';
import type { LoraTarget, TrainingConfig, TrainingData, TrainingRecord } from '../../core/training/training';
import type { TrainingEstimate } from '../../trainer/trainer';
import type { TrainingPlan } from '../../app/training/training-job';
import { WORDS } from '../../app/training/words';

export type DataSource = TrainingData['source'];
/** The numbers of a plan: all but the method. */
export type PlanNumbers = Omit<TrainingConfig, 'method'>;

export class TrainingChoices {
  baseId = $state(BUILT_IN);
  source = $state<DataSource>('run-and-seeds');
  heldOutShare = $state(0.1);
  limit = $state<number | null>(null);
  /** Empty: a name is made from the choices. */
  ownName = $state('');
  estimate = $state.raw<{ readonly key: string; readonly value: TrainingEstimate } | null>(null);
  #runId = $state<string | null>(null);
  #familyId = $state(BUILT_IN);
  #config = $state.raw<TrainingConfig>(defaultConfig(BUILT_IN, 'full'));

  get config(): TrainingConfig {
    return this.#config;
  }
  /** The chosen run, if it is (still) in the list; the newest otherwise. */
  runOf(runs: readonly RunSummary[], open: string | undefined): RunSummary | undefined {
    const wanted = this.#runId ?? open;
    return runs.find(({ run }) => run.id === wanted) ?? runs[0];
  }
  chooseRun(id: string): void {
    this.#runId = id;
  }
  /** Values that suit one model do not suit another. @param familyId the model it descends from */
  chooseBase(id: string, familyId: string): void {
    if (id === this.baseId) return;
    this.baseId = id;
    this.#familyId = familyId;
    // All weights of a larger model take sixteen bytes each while they are trained.
    const kind = familyId.startsWith(BUILT_IN) ? this.#config.method.kind : 'lora';
    this.#config = this.#defaults(kind);
  }
  chooseMethod(kind: TrainingConfig['method']['kind']): void {
    if (kind !== this.#config.method.kind) this.#config = this.#defaults(kind);
  }
  /** @param values no steps stand for as many as the epochs take */
  change(values: Partial<PlanNumbers>): void {
    const { steps, ...others } = { ...this.#config, ...values };
    this.#config = steps ? { ...others, steps } : others;
  }
  changeLora(values: {
    readonly rank?: number;
    readonly alpha?: number;
    readonly targets?: readonly LoraTarget[];
    /** Undefined: all layers. */
    readonly topLayers?: number | undefined;
  }): void {
    const { method } = this.#config;
    if (method.kind !== 'lora') return;
    const { topLayers, ...others } = { ...method, ...values };
    const changed = topLayers === undefined ? others : { ...others, topLayers };
    this.#config = { ...this.#config, method: changed };
  }
  /** Back to the values that were measured to suit model and method. */
  reset(): void {
    this.#config = this.#defaults(this.#config.method.kind);
  }
  get changed(): boolean {
    return JSON.stringify(this.#defaults(this.#config.method.kind)) !== JSON.stringify(this.#config);
  }
  #defaults(kind: TrainingConfig['method']['kind']): TrainingConfig {
    return { ...defaultConfig(this.#familyId, kind), seed: this.#config.seed };
  }

  /** Takes all choices from an earlier training. */
  copy({ baseModel, data, config }: TrainingRecord, familyId: string): void {
    this.baseId = baseModel.id;
    this.#familyId = familyId;
    this.source = data.source;
    this.heldOutShare = data.heldOutShare;
    this.limit = data.limit;
    this.#runId = data.runId;
    this.#config = config;
    this.ownName = '';
  }

  /** @param baseName of the chosen base model */
  plan({ run }: RunSummary, baseName: string): TrainingPlan {
    const source = run.seedSet.count === 0 ? 'run' : this.source;
    const name = nameOf(run, source);
    return {
      name: this.ownName.trim() || WORDS.names.plan(baseName, name),
      baseId: this.baseId,
      data: { source, runId: run.id, name, heldOutShare: this.heldOutShare, limit: this.limit },
      config: this.#config,
    };
  }
  /** The measured trial of exactly this plan; null when nothing was measured, or for another plan. */
  estimateOf(plan: TrainingPlan): TrainingEstimate | null {
    return this.estimate?.key === keyOf(plan) ? this.estimate.value : null;
  }
  keepEstimate(plan: TrainingPlan, value: TrainingEstimate): void {
    this.estimate = { key: keyOf(plan), value };
  }
}

const keyOf = ({ baseId, data, config }: TrainingPlan): string => JSON.stringify([baseId, data, config]);

const nameOf = ({ number, imported }: RunSummary['run'], source: DataSource): string =>
  imported ? imported.file : WORDS.names.data(source, number);
