/** The handle for scripts: `window.selfInstruct` drives the same app that users see (`npm run generate`). */
import type { EvaluateOptions, FinetuneOptions, LoopEvaluation } from './loop';
import { AppError } from '../core/errors';
import type { Failure } from '../core/errors';
import type { KnownServer } from '../core/models/known-server';
import { STANDARD, STANDARD_MODEL } from '../core/models/standard-model';
import type { ModelInfo } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import { builtInConfig, modelConfig, withPreset } from '../core/presets';
import type { PresetName, RunConfig, RunProgress } from '../core/run';
import type { TrainingRecord } from '../core/training/training';
import type { FormatId } from '../export/formats';
import type { AppState } from '../app/app-state.svelte';
import type { RunRequest, RunStatus } from '../app/run/run-session.svelte';

export interface Automation {
  start(options: {
    readonly target: number;
    readonly seed: number;
    readonly preset?: PresetName;
    readonly seeds?: 'simple' | 'paper';
    /** As `fetchModel` takes it; without it, the chosen one. */
    readonly model?: string;
    /** Other values than those for the model; benchmarks try them. */
    readonly values?: Partial<RunConfig>;
  }): Promise<void>;
  /**
   * Adds a server of the OpenAI interface; its key is held in memory.
   * @returns the id of its model
   */
  addServer(server: KnownServer, key?: string): Promise<string>;
  /**
   * Makes a model usable here: fetches it if it is offered and not stored.
   * @param name `built-in`, `standard`, an id of `models()`, or of a model that is offered for fetching
   * @returns its id
   */
  fetchModel(name: string): Promise<string>;
  /** Stores a model from files, as of a picked folder. @returns its id */
  takeModel(files: readonly File[]): Promise<string>;
  /** All that can be chosen here. */
  models(): Promise<readonly ModelInfo[]>;
  /** Resumes the newest run; false when there is none. */
  resume(): Promise<boolean>;
  state(): {
    readonly status: RunStatus;
    readonly target: number | null;
    readonly failure: unknown;
    /** Where the model runs, with its threads; null before it was loaded. */
    readonly device: string | null;
    /** Notes about the model, for the user. */
    readonly notes: readonly string[];
    readonly progress: RunProgress | null;
    /** From navigation to the first accepted instruction, for runs started in this page. */
    readonly firstAcceptedSeconds: number | null;
  };
  dataset(format: FormatId): Promise<string>;
  /** Finetunes the built-in model on the run that is open, else on the newest, and stores the model. */
  finetune(
    options: Omit<FinetuneOptions, 'runId'>,
  ): Promise<Pick<TrainingRecord, 'modelId' | 'counts' | 'steps' | 'seconds' | 'curve'>>;
  /** Resumes the newest finetuning; false when none is unfinished. */
  resumeFinetuning(): Promise<boolean>;
  evaluate(options: EvaluateOptions): Promise<LoopEvaluation>;
  /** Why the database cannot be used; null when it is open. */
  storage(): Promise<Failure | null>;
  /** The same once all rows were compared with the newest snapshot. */
  settled(): Promise<Failure | null>;
  /** Writes what changed since the last snapshot, now. */
  snapshot(): Promise<void>;
  /** Resumes the newest evaluation; false when it is finished, or there is none. */
  resumeEvaluation(): Promise<boolean>;
  /** How far `fetchModel`, `takeModel`, `finetune` or `evaluate` is. */
  progress(): { readonly done: number; readonly total: number };
}

export function automation({
  services,
  session,
  choice,
}: Pick<AppState, 'services' | 'session' | 'choice'>): Automation {
  let startedAt = 0;
  /** A run was asked for and is being put together: the state is no longer that of the run before. */
  let starting = false;
  let progress = { done: 0, total: 0 };
  const tell = (done: number, total: number): void => void (progress = { done, total });
  const tellStep = ({ done, total }: Progress): void => tell(done, total ?? 0);
  const fetchModel = async (name: string): Promise<string> => {
    const id = name === STANDARD ? STANDARD_MODEL.id : name;
    try {
      return (await services.models.find(id)).id;
    } catch (error) {
      if (!(error instanceof AppError) || error.failure.kind !== 'model-not-here') throw error;
      const library = await services.modelLibrary();
      return (await library.fetchOffered(id, new AbortController().signal, tellStep)).id;
    }
  };
  const requestOf = async ({
    target,
    seed,
    preset = 'ours',
    seeds: setId = 'simple',
    model: modelId,
    values = {},
  }: Parameters<Automation['start']>[0]): Promise<RunRequest> => {
    const set = services.builtInSeedSets.find(({ id }) => id === setId);
    if (!set) throw new Error(`Unknown seed set "${setId}".`);
    const seeds = await set.load();
    await choice.ready;
    const model = modelId === undefined ? choice.info : await services.models.find(await fetchModel(modelId));
    // A model that cannot be listed says why when it is loaded.
    const fitting = model ? modelConfig(model, seed, target) : builtInConfig(seed, target);
    const config = { ...withPreset(fitting, preset), ...values };
    const seedSet = { id: set.id, name: set.name, count: seeds.length };
    return { model: model?.id ?? choice.id, config, seeds, seedSet };
  };
  return {
    async start(options) {
      starting = true;
      try {
        const request = await requestOf(options);
        // From here on the session itself says how the run is, and counts the seconds to the first acceptance.
        starting = false;
        startedAt = performance.now();
        await session.start(request);
      } finally {
        starting = false;
      }
    },
    async addServer(server, key) {
      if (key !== undefined) services.servers.setKey(server.url, key);
      return services.servers.save(server);
    },
    fetchModel,
    async takeModel(files) {
      const library = await services.modelLibrary();
      return (await library.take(files, new AbortController().signal, tellStep)).id;
    },
    async models() {
      await choice.ready;
      await choice.refresh();
      return choice.models;
    },
    async resume() {
      const [latest] = await services.store.latestRuns(1);
      if (!latest) return false;
      await session.resume(latest.run.id);
      return true;
    },
    state() {
      const first = session.progress?.firstAcceptedSeconds ?? null;
      return {
        status: starting ? 'loading' : session.status,
        target: session.run?.config.target ?? null,
        failure: session.failure,
        device: session.device,
        notes: session.notes,
        progress: session.progress,
        firstAcceptedSeconds: first === null ? null : first + startedAt / 1000,
      };
    },
    async dataset(formatId) {
      const [{ FORMATS, writeFormat }, { collect }] = await Promise.all([
        import('../export/formats'),
        import('../io/collect'),
      ]);
      const format = FORMATS.find(({ id }) => id === formatId);
      if (!format || !session.run) throw new Error('There is no such format, or no run is open.');
      const options = { withSeeds: false, seed: session.run.config.seed };
      const pages = services.store.scanTasks(session.run.id);
      const file = await collect(
        writeFormat(format, pages, options),
        format.type,
        new AbortController().signal,
      );
      return file.text();
    },
    async finetune(options) {
      const { finetune } = await import('./loop');
      const run = session.run ?? (await services.store.latestRuns(1))[0]?.run;
      if (!run) throw new Error('There is no run.');
      const { modelId, counts, steps, seconds, curve } = await finetune(
        services,
        { ...options, runId: run.id },
        tell,
      );
      return { modelId, counts, steps, seconds, curve };
    },
    async resumeFinetuning() {
      const { resumeFinetuning } = await import('./loop');
      return (await resumeFinetuning(services, tell)) !== null;
    },
    async resumeEvaluation() {
      const { resumeEvaluation } = await import('./loop');
      return resumeEvaluation(services);
    },
    async evaluate(options) {
      const { evaluate } = await import('./loop');
      return evaluate(services, options, tell);
    },
    storage: () => services.secondHome.open(),
    settled: () =>
      new Promise((resolve) => {
        services.secondHome.watch(({ at, failure }) => {
          if (at !== null || failure) resolve(failure);
        });
      }),
    snapshot: () => services.secondHome.flush(),
    progress: () => progress,
  };
}
