/* eslint-disable @typescript-eslint/no-invalid-void-type, @typescript-eslint/no-meaningless-void-operator -- most give nothing */
/** What a tab may do in a stream, as data, and how a tab does it: by the stores that the app uses, under the same locks. */
import { WebLocks } from '../../browser/writer-locks';
import { changeSeed, type SeedChange } from '../../core/dataset/seed-changes';
import { AppError } from '../../core/errors';
import { type AddedModel, type Answer, answerId } from '../../core/evaluation/evaluation';
import { builtInEvaluation } from '../../core/evaluation/prompt';
import { gradeId } from '../../core/evaluation/grading';
import { type KnownServer, serverId } from '../../core/models/known-server';
import type { SeedTask, RunId, TaskId } from '../../core/task';
import { ServerList } from '../../inference/server-list';
import { Connection } from '../../storage/connection';
import { IdbEvaluationStore } from '../../storage/idb-evaluation-store';
import { IdbRunStore } from '../../storage/idb-run-store';
import { IdbSeedStore } from '../../storage/idb-seed-store';
import { IdbTrainingStore } from '../../storage/idb-training-store';
import { anyTraining } from '../any-training';
import { complete, machineTask, tinyConfig, tinySeeds } from '../tiny-pool';

export type Operation =
  | {
      readonly kind: 'set-create';
      readonly name: string;
      readonly seeds: readonly SeedTask[];
      readonly at: number;
    }
  | { readonly kind: 'set-rename'; readonly id: string; readonly name: string }
  | {
      readonly kind: 'set-change';
      readonly id: string;
      readonly change: SeedChange;
      /** The control: this is changed and written, whatever is stored. */
      readonly remembered?: readonly SeedTask[];
    }
  | { readonly kind: 'set-remove'; readonly id: string; readonly version: number | null }
  | { readonly kind: 'evaluation-create'; readonly name: string; readonly models: readonly string[] }
  | { readonly kind: 'evaluation-rename'; readonly id: string; readonly name: string }
  /** With so many answers of a file. */
  | { readonly kind: 'model-add'; readonly id: string; readonly name: string; readonly answers: number }
  | {
      readonly kind: 'answer';
      readonly id: string;
      readonly key: string;
      readonly index: number;
      readonly text: string;
    }
  | {
      readonly kind: 'grade';
      readonly id: string;
      readonly key: string;
      readonly index: number;
      readonly rater: string;
    }
  | { readonly kind: 'model-remove'; readonly id: string; readonly key: string }
  | { readonly kind: 'evaluation-delete'; readonly id: string }
  | { readonly kind: 'training-create'; readonly name: string }
  | { readonly kind: 'training-rename'; readonly id: string; readonly name: string }
  | { readonly kind: 'training-checkpoint'; readonly id: string; readonly step: number }
  | { readonly kind: 'training-finish' | 'training-delete'; readonly id: string }
  | { readonly kind: 'run-create'; readonly target: number }
  | { readonly kind: 'run-commit'; readonly id: string; readonly seq: number; readonly text: string }
  | { readonly kind: 'run-target'; readonly id: string; readonly target: number }
  | { readonly kind: 'run-delete'; readonly id: string }
  | { readonly kind: 'task-edit'; readonly id: string; readonly task: string; readonly text: string }
  | { readonly kind: 'task-remove'; readonly id: string; readonly task: string }
  | { readonly kind: 'setting-save'; readonly key: string; readonly value: string | null }
  | { readonly kind: 'setting-count'; readonly key: string }
  | { readonly kind: 'server-save' | 'server-remove'; readonly url: string }
  | { readonly kind: 'stored-model-rename'; readonly id: string; readonly name: string };

/** What an operation gave: an id, `ok`, or why nothing was done. */
export type Result = string;
export const GONE = 'gone';
export const LOCKED = 'locked';

const MODEL: Omit<AddedModel, 'name'> = {
  modelId: 'one',
  origin: 'finetuned',
  hash: '',
  finished: false,
  seconds: 0,
};
const serverAt = (url: string): KnownServer => ({
  url,
  model: 'm',
  style: 'base',
  parallel: 1,
  contextLength: 512,
});

/** The stores of one tab, over one connection. */
export class Tab {
  readonly #connection = new Connection();
  readonly #runs = new IdbRunStore(this.#connection);
  readonly #seeds = new IdbSeedStore(this.#connection);
  readonly #evaluations = new IdbEvaluationStore(this.#connection);
  readonly #trainings = new IdbTrainingStore(this.#connection);
  readonly #servers = new ServerList(this.#runs);

  async perform(operation: Operation): Promise<Result> {
    try {
      return (await this.#do(operation)) ?? 'ok';
    } catch (error) {
      if (error instanceof AppError && /gone$/u.test(error.failure.kind)) return GONE;
      throw error;
    }
  }

  async #do(op: Operation): Promise<Result | void> {
    switch (op.kind) {
      case 'set-create':
        return (await this.#seeds.create({ name: op.name, seeds: op.seeds, updatedAt: op.at })).id;
      case 'set-rename':
        return void (await this.#seeds.change(op.id, (set) => ({ ...set, name: op.name })));
      case 'set-change': {
        let kind = '';
        await this.#seeds.change(op.id, (set) => {
          const outcome = changeSeed(op.remembered ?? set.seeds, op.change);
          ({ kind } = outcome);
          return outcome.kind === 'conflict' || outcome.seeds === set.seeds
            ? set
            : { ...set, seeds: outcome.seeds };
        });
        return kind;
      }
      case 'set-remove':
        return (await this.#seeds.remove(op.id, op.version ?? undefined)) ? 'ok' : 'kept';
      case 'stored-model-rename':
        return (await this.#connection.change('models', op.id, (row) => row && { ...row, name: op.name }))
          ? 'ok'
          : GONE;
      case 'setting-save':
        return this.#runs.saveSetting(op.key, op.value ?? undefined);
      case 'setting-count':
        return this.#runs.changeSetting<number>(op.key, (value) => (Number(value) || 0) + 1);
      case 'server-save':
        return void (await this.#servers.save(serverAt(op.url)));
      case 'server-remove':
        return this.#servers.remove(serverId(serverAt(op.url)));
      default:
        return op.kind.startsWith('run') || op.kind.startsWith('task')
          ? this.#doRun(op as RunOperation)
          : op.kind.startsWith('training')
            ? this.#doTraining(op as TrainingOperation)
            : this.#doEvaluation(op as EvaluationOperation);
    }
  }

  async #doEvaluation(op: EvaluationOperation): Promise<Result | void> {
    const store = this.#evaluations;
    const answer = (id: string, modelKey: string, index: number, text: string): Answer => ({
      id: answerId(id, modelKey, index),
      evaluationId: id,
      modelKey,
      taskId: `t${index}`,
      outcome: 'answered',
      text,
      finishReason: 'stop',
      promptTokens: 1,
      completionTokens: 1,
      seconds: 0,
      createdAt: 1,
    });
    switch (op.kind) {
      case 'evaluation-create': {
        const record = await store.create(
          {
            name: op.name,
            createdAt: 1,
            set: { id: 'tiny', name: 'Tiny', count: 1, print: 5 },
            config: builtInEvaluation(1),
            models: op.models.map((name) => ({ ...MODEL, name })),
          },
          [],
        );
        return record.id;
      }
      case 'evaluation-rename':
        return void (await store.change(op.id, (record) => ({ ...record, name: op.name })));
      case 'model-add': {
        const answersOf = (key: string): Answer[] =>
          Array.from({ length: op.answers }, (_, i) => answer(op.id, key, i, op.name));
        const { models } = await store.addModels(op.id, [{ ...MODEL, name: op.name }], answersOf);
        return models.at(-1)?.key;
      }
      case 'answer':
        return store.saveAnswers([answer(op.id, op.key, op.index, op.text)]);
      case 'grade': {
        const { id, key, index, rater } = op;
        const row = {
          id: gradeId(id, key, index, rater),
          evaluationId: id,
          modelKey: key,
          taskId: `t${index}`,
          index,
          rater,
          grade: 'A',
          print: 1,
          at: 1,
        } as const;
        return store.saveGrades(id, [row], []);
      }
      case 'model-remove':
        return underLock('evaluation', op.id, async () => void (await store.removeModel(op.id, op.key)));
      case 'evaluation-delete':
        return underLock('evaluation', op.id, () => store.delete(op.id));
    }
  }

  async #doTraining(op: TrainingOperation): Promise<Result | void> {
    const store = this.#trainings;
    switch (op.kind) {
      case 'training-create': {
        const record = await store.create(anyTraining(op.name));
        return record.id;
      }
      case 'training-rename':
        return void (await store.change(op.id, (record) => ({ ...record, name: op.name })));
      case 'training-checkpoint':
        return underLock('training', op.id, async () => {
          const checkpoint = { step: op.step, bytes: Uint8Array.of(op.step) };
          await store.change(op.id, (record) => ({ ...record, step: op.step }), checkpoint);
        });
      case 'training-finish':
        return underLock('training', op.id, async () => {
          await store.finish(op.id, (record) => ({ ...record, status: 'finished' }));
        });
      case 'training-delete':
        return underLock('training', op.id, () => store.delete(op.id));
    }
  }

  async #doRun(op: RunOperation): Promise<Result | void> {
    const store = this.#runs;
    const id = ('id' in op ? op.id : '') as RunId;
    switch (op.kind) {
      case 'run-create': {
        const model = { id: 'm', name: 'M', hash: '00' };
        const seedSet = { id: 'tiny', name: 'Tiny', count: 2 };
        const run = { config: tinyConfig(op.target), model, seedSet, seeds: tinySeeds(2), createdAt: 1 };
        return (await store.createRun(run)).id;
      }
      case 'run-commit':
        return underLock('run', id, async () => {
          const writer = await store.claim(id);
          const progress = await store.progress(id);
          const task = complete(machineTask(id, op.seq, op.text));
          await writer.commit({ progress: { ...progress, kept: progress.kept + 1 }, tasks: [task] });
        });
      case 'run-target':
        return underLock('run', id, async () => void (await (await store.claim(id)).setTarget(op.target)));
      case 'run-delete':
        return underLock('run', id, () => store.deleteRun(id));
      case 'task-edit':
      case 'task-remove': {
        const text = op.kind === 'task-edit' ? op.text : null;
        // As the app does: never beside a writer of the run.
        return underLock('run', id, async () => {
          let found = false;
          await store.changeTask(op.task as TaskId, (task) => {
            found = task !== undefined;
            return task && text !== null ? { ...task, instruction: text } : undefined;
          });
          // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the change
          return found ? 'ok' : 'none';
        });
      }
    }
  }
}

type RunOperation = Extract<Operation, { kind: `run-${string}` | `task-${string}` }>;
type TrainingOperation = Extract<Operation, { kind: `training-${string}` }>;
type EvaluationOperation = Extract<
  Operation,
  { kind: `evaluation-${string}` | 'model-add' | 'model-remove' | 'answer' | 'grade' }
>;

const locks = new WebLocks();

async function underLock(
  kind: 'run' | 'training' | 'evaluation',
  id: string,
  work: () => Promise<Result | void>,
): Promise<Result | void> {
  const lock = await locks.acquire(kind, id);
  if (!lock) return LOCKED;
  try {
    return await work();
  } finally {
    lock.release();
  }
}
