/** The handle for scripts: `window.selfInstruct` drives the same app that users see (`npm run generate`). */
import type {
  EvaluateOptions,
  FinetuneOptions,
  LoopDifference,
  LoopEvaluation,
  pairedDifference,
} from './loop';
import type { StudyOptions, StudyResult } from './study';
import { AppError, type Failure, failureOf } from '../core/errors';
import type { KnownServer } from '../core/models/known-server';
import { STANDARD, STANDARD_MODEL } from '../core/models/standard-model';
import type { ModelInfo } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import { builtInConfig, modelConfig, withPreset } from '../core/presets';
import type { PresetName, RunConfig, RunProgress } from '../core/run';
import type { RunId } from '../core/task';
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
  /** Opens the run of these values and resumes it; starts it where there is none. @returns once it begins to work */
  goOn(options: Parameters<Automation['start']>[0]): Promise<void>;
  /** Imports a data set, once. @returns the id of the run that it became */
  importData(file: File): Promise<RunId>;
  state(): {
    readonly status: RunStatus;
    readonly runId: RunId | null;
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
  /** The open run as a recording, in base64: what is returned to a script is text. */
  recording(): Promise<string>;
  /** Finetunes a model on a run, else on the one that is open, else on the newest, and stores the result; what is unfinished goes on. */
  finetune(
    options: Omit<FinetuneOptions, 'runId'> & Partial<Pick<FinetuneOptions, 'runId'>>,
  ): Promise<Pick<TrainingRecord, 'modelId' | 'counts' | 'steps' | 'seconds' | 'curve'>>;
  /** Asks models the tasks of a held-out set; what is unfinished goes on. */
  evaluate(options: EvaluateOptions): Promise<LoopEvaluation>;
  /** Works through a study of data size, or resumes the newest one. */
  study(options: StudyOptions): Promise<StudyResult>;
  /** See `pairedDifference`. */
  difference(...points: Parameters<typeof pairedDifference>): Promise<LoopDifference | null>;
  /** Why the database cannot be used; null when it is open. */
  storage(): Promise<Failure | null>;
  /** The same once all rows were compared with the newest snapshot. */
  settled(): Promise<Failure | null>;
  /** Writes what changed since the last snapshot, now. */
  snapshot(): Promise<void>;
  /** How far `fetchModel`, `takeModel`, `finetune` or `evaluate` is. */
  progress(): { readonly done: number; readonly total: number };
}

export function automation(app: AppState): Automation {
  const { services, session, choice } = app;
  let startedAt = 0;
  /** A run was asked for and is being put together: the state is no longer that of the run before. */
  let starting = false;
  /** Why the run that was last asked for could not even be put together. */
  let refusal: Failure | null = null;
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
    const config = { ...withPreset(fitting, preset, model), ...values };
    const seedSet = { id: set.id, name: set.name, count: seeds.length };
    return { model: model?.id ?? choice.id, config, seeds, seedSet };
  };
  /** @param known the run that the request may describe already */
  const begin = async (
    options: Parameters<Automation['start']>[0],
    known: (request: RunRequest) => Promise<RunId | undefined>,
  ): Promise<void> => {
    starting = true;
    refusal = null;
    tell(0, 0);
    try {
      const request = await requestOf(options);
      const id = await known(request);
      // From here on the session itself says how the run is, and counts the seconds to the first acceptance.
      starting = false;
      startedAt = performance.now();
      await (id === undefined ? session.start(request) : session.resume(id));
    } catch (error) {
      // Who only watches the state, as scripts do, would wait forever.
      refusal = failureOf(error);
      throw error;
    } finally {
      starting = false;
    }
  };
  return {
    start: (options) => begin(options, () => Promise.resolve(undefined)),
    goOn: (options) =>
      begin(options, async ({ model, config, seedSet }) => {
        const wanted = JSON.stringify([model, config, seedSet.id]);
        const runs = await services.store.latestRuns(Infinity);
        return runs.find(({ run }) => JSON.stringify([run.model.id, run.config, run.seedSet.id]) === wanted)
          ?.run.id;
      }),
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
        status: starting ? 'loading' : refusal ? 'failed' : session.status,
        runId: session.run?.id ?? null,
        target: session.run?.config.target ?? null,
        failure: refusal ?? session.failure,
        device: session.device,
        notes: session.notes,
        progress: session.progress,
        firstAcceptedSeconds: first === null ? null : first + startedAt / 1000,
      };
    },
    async dataset(formatId) {
      const [{ FORMATS, runOptions, writeFormat }, { collect }] = await Promise.all([
        import('../export/formats'),
        import('../io/collect'),
      ]);
      const format = FORMATS.find(({ id }) => id === formatId);
      if (!format || !session.run) throw new Error('There is no such format, or no run is open.');
      const options = { withSeeds: false, ...runOptions(session.run) };
      const pages = services.store.scanTasks(session.run.id);
      const file = await collect(
        writeFormat(format, pages, options),
        format.type,
        new AbortController().signal,
      );
      return file.text();
    },
    async recording() {
      const { recordingText } = await import('./record');
      return recordingText(app);
    },
    async importData(file) {
      const { importData } = await import('./loop');
      return importData(services, file);
    },
    async finetune(options) {
      const { finetune } = await import('./loop');
      const runId = options.runId ?? session.run?.id ?? (await services.store.latestRuns(1))[0]?.run.id;
      if (!runId) throw new Error('There is no run.');
      const { modelId, counts, steps, seconds, curve } = await finetune(
        services,
        { ...options, runId },
        tell,
      );
      return { modelId, counts, steps, seconds, curve };
    },
    async evaluate(options) {
      const { evaluate } = await import('./loop');
      return evaluate(services, options, tell);
    },
    async study(options) {
      const { runStudy } = await import('./study');
      const base = options.model === undefined ? {} : { model: await fetchModel(options.model) };
      return runStudy(app, { ...options, ...base }, (share) => tell(share, 1));
    },
    async difference(...points) {
      const { pairedDifference } = await import('./loop');
      return pairedDifference(...points);
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
