/** What is chosen for a new evaluation: tasks, models, and how they are asked. */
import { LAYOUTS, type LayoutChoice, PLAIN_LAYOUT } from '../../core/dataset/encode';
import type { EvaluationConfig } from '../../core/evaluation/evaluation';
import type { HeldOutChoice } from '../../core/evaluation/held-out';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import { SUPERNI_INSTANCES, type TaskFile } from '../../core/evaluation/task-file';
import type { ModelInfo } from '../../core/models/stored-model';
import type { RunSummary } from '../../core/ports';
import type { RunId } from '../../core/task';
import type { TrainingRecord } from '../../core/training/training';
import { readTaskFiles } from '../../import/task-files';
import type { EvaluationRequest } from '../../app/evaluation/evaluation-session.svelte';
import { type SetChoice, loadSet } from '../../app/evaluation/evaluation-sets';
import type { Services } from '../../app/services';
import { Job } from '../../app/job.svelte';
import { type SetKind, WORDS } from './words';

/** Answers of people's tasks are longer than those in simple English. */
const LONG_TOKENS = 256;

export class EvaluationSetup {
  kind = $state<SetKind>('simple');
  /** At most so many tasks; null = all. */
  limit = $state<number | null>(null);
  runId = $state<RunId | null>(null);
  /** The training whose held-out tasks are asked; null: by share and seed. */
  trainingId = $state<string | null>(null);
  source = $state<HeldOutChoice['source']>('run-and-seeds');
  share = $state(0.1);
  splitSeed = $state(1);
  perTask = $state(SUPERNI_INSTANCES);
  /** Positive examples that the instruction of a SuperNI task shows. */
  examples = $state(0);
  found = $state.raw<{ readonly name: string; readonly file: TaskFile } | null>(null);
  layout = $state.raw<LayoutChoice | 'drawn'>(PLAIN_LAYOUT);
  seed = $state(1);
  maxTokens = $state(builtInEvaluation(1).maxTokens);
  name = $state('');

  models = $state.raw<readonly ModelInfo[]>([]);
  runs = $state.raw<readonly RunSummary[]>([]);
  trainings = $state.raw<readonly TrainingRecord[]>([]);
  /** Ids of the models that are asked. */
  chosen = $state.raw<readonly string[]>([]);
  readonly job = new Job();
  #known = false;
  #files: readonly File[] = [];

  constructor(private readonly services: Services) {}

  /** Trainings with held-out tasks of the chosen run. */
  get ofRun(): readonly TrainingRecord[] {
    return this.trainings.filter(({ data }) => data.runId === this.runId && data.heldOutShare > 0);
  }
  get finetuned(): boolean {
    return this.models.some(({ origin }) => origin === 'finetuned');
  }
  /** What is missing before it can begin, in words; null when nothing is. */
  get missing(): string | null {
    if (this.kind === 'files' && !this.found) return WORDS.setup.noFile;
    if (this.kind === 'held-out' && !this.runId) return WORDS.setup.noRun;
    return null;
  }
  get config(): EvaluationConfig {
    return { layout: this.layout, seed: this.seed, maxTokens: this.maxTokens };
  }

  /** Reads what can be chosen. A base model and all that was finetuned are chosen at first. */
  async refresh(): Promise<void> {
    await this.job.attempt(async () => {
      const [models, runs, trainings] = await Promise.all([
        this.services.models.list(),
        this.services.store.latestRuns(50),
        this.services.trainings.list(),
      ]);
      const fresh = models.filter(({ id }) => !this.models.some((known) => known.id === id));
      this.models = models;
      this.runs = runs;
      this.trainings = trainings;
      const here = this.chosen.filter((id) => models.some((model) => model.id === id));
      const offered = fresh.filter(
        ({ origin }) => origin === 'finetuned' || (origin === 'built-in' && !this.#known),
      );
      this.chosen = [...here, ...offered.map(({ id }) => id)];
      this.#known = true;
      if (!runs.some(({ run }) => run.id === this.runId)) this.chooseRun(runs[0]?.run.id ?? null);
    });
  }

  choose(kind: SetKind): void {
    // The answers' length follows the tasks until a person says otherwise.
    const usual = (of: SetKind): number =>
      of === 'paper' || of === 'files' ? LONG_TOKENS : builtInEvaluation(1).maxTokens;
    if (this.maxTokens === usual(this.kind)) this.maxTokens = usual(kind);
    this.kind = kind;
  }
  chooseRun(id: RunId | null): void {
    this.runId = id;
    this.trainingId = this.ofRun[0]?.id ?? null;
  }
  toggle(id: string): void {
    this.chosen = this.chosen.includes(id) ? this.chosen.filter((one) => one !== id) : [...this.chosen, id];
  }
  setLayout(choice: Partial<LayoutChoice> | 'drawn'): void {
    const before = this.layout === 'drawn' ? PLAIN_LAYOUT : this.layout;
    this.layout = choice === 'drawn' ? 'drawn' : { ...before, ...choice };
  }

  /** Reads tasks from files; also again when the cap of SuperNI instances was changed. */
  async read(files: readonly File[] = this.#files): Promise<void> {
    if (files.length === 0) return;
    this.#files = files;
    const name = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`;
    const total = files.reduce((sum, { size }) => sum + size, 0);
    await this.job.replace(async (signal, report) => {
      try {
        const tell = (done: number): void => report({ label: name, done, total });
        const file = await readTaskFiles(files, this.perTask, signal, tell, this.examples);
        signal.throwIfAborted();
        this.found = { name, file };
      } catch (error) {
        if (!signal.aborted) this.found = null;
        throw error;
      }
    });
  }

  /** Everything that an evaluation begins with; null when the tasks cannot be read: `failure` says why. */
  async request(): Promise<EvaluationRequest | null> {
    const choice = this.#choice();
    if (!choice) return null;
    this.job.failure = null;
    const request = await this.job.attempt(async () => {
      const { signal } = new AbortController();
      const set = await loadSet(this.services, choice, this.limit, this.seed, signal);
      return {
        name: this.name.trim() || set.name,
        set,
        config: this.config,
        models: this.models.filter(({ id }) => this.chosen.includes(id)),
      };
    });
    return request ?? null;
  }

  #choice(): SetChoice | null {
    switch (this.kind) {
      case 'simple':
      case 'paper':
        return { kind: 'shipped', id: this.kind };
      case 'files':
        return this.found && { kind: 'files', name: this.found.name, found: this.found.file };
      case 'held-out': {
        const { runId, source, share, splitSeed } = this;
        if (!runId) return null;
        const training = this.trainings.find(({ id }) => id === this.trainingId);
        const split = training
          ? {
              source: training.data.source,
              heldOutShare: training.data.heldOutShare,
              seed: training.config.seed,
            }
          : { source, heldOutShare: share, seed: splitSeed };
        return { kind: 'held-out', runId, choice: split };
      }
    }
  }
}

/** All layouts that can be chosen, by their places. */
export const LAYOUT_PLACES = {
  withInput: Array.from({ length: LAYOUTS.withInput }, (_, i) => i),
  withoutInput: Array.from({ length: LAYOUTS.withoutInput }, (_, i) => i),
};
