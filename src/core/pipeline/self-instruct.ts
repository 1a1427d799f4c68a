/**
 * Self-Instruct as an async generator of events (paper, section 2; docs/ALGORITHM.md, sections 1 to 4).
 *
 * The instruction requests of a round see the same pool and run concurrently; their candidates are judged in a fixed order
 * once all are there. Types and instances of accepted instructions are requested as soon as capacity is free. Every
 * finished call is stored before another takes its place, and every seed and id derives from (run, stage, index): the data
 * set does not depend on timing, and a killed run can resume.
 */
import { AppError } from '../errors';
import { callId } from '../ids';
import { parseClassification } from '../parse/classification';
import { parseInstances } from '../parse/instances';
import type { Commit, LanguageModel, RunJournal, SimilarityIndex } from '../ports';
import { classificationPrompt } from '../prompts/classification-prompt';
import { instancePrompt } from '../prompts/instance-prompt';
import { instructionPrompt } from '../prompts/instruction-prompt';
import { Random, deriveSeed } from '../random';
import type { ModelCall, PipelineStage, RunProgress, RunRecord } from '../run';
import type { StopSignal } from '../signal';
import type { MachineTask, TaskId } from '../task';
import { BusyClock } from './busy-clock';
import { EventStream } from './event-stream';
import type { PipelineEvent } from './events';
import { JobQueue } from './job-queue';
import { judgeRound } from './judge-round';
import { ModelCalls } from './model-calls';
import { withAdvanced, withCall, withCandidate } from './progress';
import { type ExemplarPools, sampleExemplars } from './sample';

/** Dependencies of the loop. */
export interface PipelinePorts {
  readonly model: LanguageModel;
  readonly journal: RunJournal;
  readonly similarity: SimilarityIndex;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Milliseconds since 1970, for the record only. */
  readonly date: () => number;
}

/** Rounds in a row without an accepted instruction after which the run pauses: the model gives nothing usable. */
const BARREN_ROUNDS = 25;
/** Finish started tasks before new instructions are requested. */
const PRIORITY: Readonly<Record<PipelineStage, number>> = {
  instances: 0,
  classification: 1,
  instructions: 2,
};

/**
 * Runs until the target is reached and every accepted instruction has its type and instances.
 * @param clickedAt `ports.now()` when the user started the run; the time to the first acceptance counts from there.
 * @throws AppError of model or store; AbortError when stopped. Everything finished before is stored.
 */
export async function* selfInstruct(
  ports: PipelinePorts,
  run: RunRecord,
  clickedAt: number,
  signal: StopSignal,
): AsyncGenerator<PipelineEvent, void, undefined> {
  const events = new EventStream<PipelineEvent>();
  const progress = await ports.journal.progress(run.id);
  const pipeline = new Pipeline(ports, run, progress, clickedAt, signal, events);
  yield* events.during(pipeline.run(), () => pipeline.stop());
}

class Pipeline {
  readonly #queue: JobQueue;
  readonly #clock: BusyClock;
  readonly #calls: ModelCalls;
  readonly #pools: ExemplarPools = { seeds: [], machines: [] };
  /** Accepted tasks without instances; rounds wait for them when only complete tasks may be exemplars. */
  readonly #open = new Set<TaskId>();
  readonly #untyped = new Set<TaskId>();
  readonly #held: { readonly stage: PipelineStage; readonly start: () => void }[] = [];
  #round: { readonly first: number; missing: number; readonly calls: ModelCall[] } | null = null;
  #barren = 0;
  /** Commits are written one after another; when one fails, no later one is written. */
  #written: Promise<void> = Promise.resolve();

  constructor(
    private readonly ports: PipelinePorts,
    private readonly record: RunRecord,
    private progress: RunProgress,
    private readonly clickedAt: number,
    private readonly signal: StopSignal,
    private readonly events: EventStream<PipelineEvent>,
  ) {
    this.#queue = new JobQueue(ports.model.parallel);
    this.#clock = new BusyClock(ports.now, progress.seconds, progress.modelSeconds);
    this.#calls = new ModelCalls(ports, record, this.#clock, signal, events);
  }

  async run(): Promise<void> {
    await this.#loadPool();
    const unfinished = await this.ports.journal.unfinished(this.record.id);
    for (const task of unfinished) if (task.stage === 'instruction') this.#untyped.add(task.id);
    for (const task of unfinished) this.#follow(task);
    this.#queue.add(PRIORITY.instructions, () => this.#nextRound());
    await this.#queue.drained();
    await this.#commit({ progress: { ...this.progress, finished: true } });
    this.events.push({ type: 'finished', progress: this.progress });
  }

  /** Starts no more calls; those in flight finish. */
  stop(): void {
    this.#queue.stop(new Error('the reader left'));
  }

  get #config(): RunRecord['config'] {
    return this.record.config;
  }
  get #instructionsDone(): boolean {
    return this.progress.finished || this.progress.kept >= this.#config.target;
  }

  /** When only complete tasks enter the pool, a round begins once they are complete; stage by stage they never are in time. */
  get #roundsWaitForTasks(): boolean {
    const { exemplarPool, order } = this.#config.switches;
    return exemplarPool === 'tasks-with-instances' && order === 'task-by-task';
  }

  async #loadPool(): Promise<void> {
    await this.ports.similarity.clear(this.#config.switches.similarityTokens);
    for await (const page of this.ports.journal.scanTasks(this.record.id)) {
      this.signal.throwIfAborted();
      await this.ports.similarity.add(page);
      for (const task of page) {
        if (task.origin === 'seed') this.#pools.seeds.push(task);
        else if (this.#config.switches.exemplarPool === 'instructions' || hasInstances(task)) {
          this.#pools.machines.push(task);
        }
      }
    }
  }

  // ---- instructions --------------------------------------------------------------------------------------------

  async #nextRound(): Promise<void> {
    if (this.#round || this.#instructionsDone) return;
    if (this.#roundsWaitForTasks && this.#open.size > 0) return;
    if (this.#barren >= BARREN_ROUNDS) {
      throw new AppError({ kind: 'nothing-usable', requests: BARREN_ROUNDS * this.#config.batchSize });
    }
    const { batchSize } = this.#config;
    const first = this.progress.rounds * batchSize;
    const indices = Array.from({ length: batchSize }, (_, i) => first + i);
    const round = { first, missing: batchSize, calls: [] as ModelCall[] };
    this.#round = round;
    const stored = await this.ports.journal.calls(
      indices.map((index) => callId(this.record.id, 'instructions', index)),
    );
    const arrive = async (call: ModelCall): Promise<void> => {
      round.calls[call.index - first] = call;
      if (--round.missing === 0) await this.#judgeRound(round.calls);
    };
    for (const [i, index] of indices.entries()) {
      const known = stored[i];
      // A call that was stored before the tab was killed is not repeated.
      const job = known
        ? () => arrive(known)
        : async () => {
            const call = await this.#askInstructions(index);
            await this.#commit({ progress: withCall(this.progress, call), calls: [call] });
            await arrive(call);
          };
      this.#queue.add(PRIORITY.instructions, job);
    }
  }

  #askInstructions(index: number): Promise<ModelCall> {
    const every = this.#config.classificationEvery;
    const classificationOnly = every > 0 && index % every === every - 1;
    const random = new Random(deriveSeed(this.#config.seed, 'exemplars', index));
    const drawn = sampleExemplars(this.#pools, this.#config, classificationOnly, random);
    return this.#calls.ask('instructions', index, drawn.length, (shots) => {
      const exemplars = drawn.slice(0, shots);
      const { prompt, stop } = instructionPrompt(exemplars, classificationOnly, this.#config.switches);
      return { prompt, stop, exemplars, classificationOnly, task: null };
    });
  }

  async #judgeRound(calls: readonly ModelCall[]): Promise<void> {
    const { candidates, tasks } = await judgeRound(this.ports.similarity, this.record, this.progress, calls);
    if (this.#config.switches.exemplarPool === 'instructions') this.#pools.machines.push(...tasks);
    let progress = candidates.reduce(withCandidate, this.progress);
    if (tasks.length > 0 && progress.firstAcceptedSeconds === null) {
      progress = { ...progress, firstAcceptedSeconds: (this.ports.now() - this.clickedAt) / 1000 };
    }
    progress = { ...progress, rounds: progress.rounds + 1 };
    await this.#commit({ progress, candidates, tasks });
    for (const candidate of candidates) this.events.push({ type: 'verdict', candidate });
    this.#barren = tasks.length > 0 ? 0 : this.#barren + 1;
    this.#round = null;
    for (const task of tasks) this.#follow(task);
    await this.#nextRound();
    this.#releaseHeld();
  }

  // ---- type and instances ---------------------------------------------------------------------------------------

  /** Requests what the task still lacks: its type, then its instances. */
  #follow(task: MachineTask): void {
    if (task.stage === 'complete') return;
    this.#open.add(task.id);
    const stage = task.stage === 'instruction' ? 'classification' : 'instances';
    if (stage === 'classification') this.#untyped.add(task.id);
    const start = (): void =>
      this.#queue.add(PRIORITY[stage], () =>
        task.stage === 'instruction' ? this.#identify(task) : this.#instantiate(task),
      );
    if (this.#mayStart(stage)) start();
    else this.#held.push({ stage, start });
  }

  #mayStart(stage: PipelineStage): boolean {
    if (this.#config.switches.order === 'task-by-task') return true;
    if (!this.#instructionsDone || this.#round) return false;
    return stage === 'classification' || this.#untyped.size === 0;
  }

  #releaseHeld(): void {
    const held = this.#held.splice(0);
    for (const entry of held) {
      if (this.#mayStart(entry.stage)) entry.start();
      else this.#held.push(entry);
    }
  }

  async #identify(task: MachineTask): Promise<void> {
    const { classificationShots } = this.#config;
    const call = await this.#calls.ask('classification', task.seq, classificationShots, (shots) => ({
      ...classificationPrompt(task.instruction, shots),
      exemplars: [],
      classificationOnly: false,
      task,
    }));
    const isClassification = parseClassification(call.text);
    await this.#advance({ ...task, stage: 'identified', isClassification }, call);
  }

  async #instantiate(task: MachineTask): Promise<void> {
    if (task.stage !== 'identified') return;
    const { instanceShots, switches, maxInstances, seed } = this.#config;
    const { isClassification } = task;
    const call = await this.#calls.ask('instances', task.seq, instanceShots, (shots) => ({
      ...instancePrompt(task.instruction, isClassification, shots),
      exemplars: [],
      classificationOnly: false,
      task,
    }));
    const { instances, dropped } = parseInstances(call.text, {
      instruction: task.instruction,
      outputFirst: isClassification,
      finishReason: call.finishReason,
      switches,
      maxInstances,
      random: new Random(deriveSeed(seed, 'labels', task.seq)),
    });
    await this.#advance({ ...task, stage: 'complete', isClassification, instances, dropped }, call);
  }

  async #advance(task: MachineTask, call: ModelCall): Promise<void> {
    await this.#commit({
      progress: withAdvanced(withCall(this.progress, call), task),
      calls: [call],
      tasks: [task],
    });
    this.#untyped.delete(task.id);
    if (task.stage === 'complete') {
      this.#open.delete(task.id);
      if (this.#config.switches.exemplarPool === 'tasks-with-instances') {
        if (hasInstances(task)) this.#join(task);
        await this.#nextRound();
      }
    } else {
      this.#follow(task);
    }
    this.#releaseHeld();
  }

  /** Inserts by id: rounds wait for all tasks, so the order of the pool does not depend on which finished first. */
  #join(task: MachineTask): void {
    const { machines } = this.#pools;
    const after = machines.findIndex((other) => other.id > task.id);
    machines.splice(after < 0 ? machines.length : after, 0, task);
  }

  // ---- the store ------------------------------------------------------------------------------------------------

  /**
   * All writes go through here. Progress is updated at once, so that commits of concurrent calls build on each other; for
   * the same reason a commit waits for the one before it and is not written when that one failed.
   */
  async #commit(commit: Commit): Promise<void> {
    const { seconds, modelSeconds } = this.#clock;
    const progress = { ...commit.progress, seconds, modelSeconds };
    this.progress = progress;
    this.#written = this.#written.then(() => this.ports.journal.commit({ ...commit, progress }));
    try {
      await this.#written;
    } finally {
      // Emitted in any case: what could not be stored can still be saved from memory.
      for (const task of commit.tasks ?? []) this.events.push({ type: 'task', task });
    }
    this.events.push({ type: 'progress', progress });
  }
}

const hasInstances = (task: MachineTask): boolean => task.stage === 'complete' && task.instances.length > 0;
