/* eslint-disable @typescript-eslint/no-dynamic-delete, @typescript-eslint/no-invalid-void-type -- plain records by id */
/** The model of the truth: what the database should hold after a stream of operations, kept without any of its code. */
import type { SeedChange } from '../../core/dataset/seed-changes';
import type { SeedTask } from '../../core/task';
import { GONE, type Operation, type Result } from './operations';

interface SetTruth {
  name: string;
  version: number;
  seeds: SeedTask[];
}
interface EvaluationTruth {
  name: string;
  /** Keys given so far. */
  keys: number;
  models: { key: string; name: string }[];
  /** By model and index. */
  answers: Record<string, string>;
  grades: Record<string, true>;
}
interface TrainingTruth {
  name: string;
  step: number;
  finished: boolean;
  checkpoint: number | null;
}
interface RunTruth {
  target: number;
  kept: number;
  /** Instructions by id. */
  tasks: Record<string, string>;
}
export interface Truth {
  given: { runs: number; trainings: number; evaluations: number };
  sets: Record<string, SetTruth>;
  evaluations: Record<string, EvaluationTruth>;
  trainings: Record<string, TrainingTruth>;
  runs: Record<string, RunTruth>;
  settings: Record<string, unknown>;
  servers: string[];
  models: Record<string, string>;
}
export const emptyTruth = (models: Record<string, string>): Truth => ({
  given: { runs: 0, trainings: 0, evaluations: 0 },
  sets: {},
  evaluations: {},
  trainings: {},
  runs: {},
  settings: {},
  servers: [],
  models,
});

const numbered = (letter: string, number: number): string => letter + String(number).padStart(4, '0');
const without = <T>(record: Record<string, T>, gone: (key: string) => boolean): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !gone(key)));

/** Does an operation to the truth, in place. @returns what it gives */
export function apply(truth: Truth, op: Operation): Result {
  switch (op.kind) {
    case 'set-create': {
      let id = `own-${op.at}`;
      for (let n = 2; truth.sets[id]; n++) id = `own-${op.at}-${n}`;
      truth.sets[id] = { name: op.name, version: 1, seeds: [...op.seeds] };
      return id;
    }
    case 'set-rename':
      return of(truth.sets[op.id], (set) => {
        set.name = op.name;
        set.version++;
      });
    case 'set-change':
      return of(truth.sets[op.id], (set) => changed(set, op.change));
    case 'set-remove': {
      const set = truth.sets[op.id];
      if (!set || (op.version !== null && op.version !== set.version)) return 'kept';
      delete truth.sets[op.id];
      return 'ok';
    }
    case 'training-create': {
      const id = numbered('t', ++truth.given.trainings);
      truth.trainings[id] = { name: op.name, step: 0, finished: false, checkpoint: null };
      return id;
    }
    case 'training-rename':
      return of(truth.trainings[op.id], (training) => void (training.name = op.name));
    case 'training-checkpoint':
      return of(truth.trainings[op.id], (training) => {
        training.step = op.step;
        training.checkpoint = op.step;
      });
    case 'training-finish':
      return of(truth.trainings[op.id], (training) => {
        training.finished = true;
        training.checkpoint = null;
      });
    case 'training-delete':
      delete truth.trainings[op.id];
      return 'ok';
    case 'setting-save':
      if (op.value === null) delete truth.settings[op.key];
      else truth.settings[op.key] = op.value;
      return 'ok';
    case 'setting-count':
      truth.settings[op.key] = (Number(truth.settings[op.key]) || 0) + 1;
      return 'ok';
    case 'server-save':
      truth.servers = [...truth.servers.filter((url) => url !== op.url), op.url];
      return 'ok';
    case 'server-remove':
      truth.servers = truth.servers.filter((url) => url !== op.url);
      return 'ok';
    case 'stored-model-rename':
      if (truth.models[op.id] === undefined) return GONE;
      truth.models[op.id] = op.name;
      return 'ok';
    case 'run-create':
    case 'run-commit':
    case 'run-target':
    case 'run-delete':
    case 'task-edit':
    case 'task-remove':
      return toRun(truth, op);
    default:
      return toEvaluation(truth, op);
  }
}

function toEvaluation(
  truth: Truth,
  op: Extract<Operation, { kind: `evaluation-${string}` | `model-${string}` | 'answer' | 'grade' }>,
): Result {
  if (op.kind === 'evaluation-create') {
    const id = numbered('e', ++truth.given.evaluations);
    const evaluation: EvaluationTruth = { name: op.name, keys: 0, models: [], answers: {}, grades: {} };
    for (const name of op.models) added(evaluation, name);
    truth.evaluations[id] = evaluation;
    return id;
  }
  if (op.kind === 'evaluation-delete') {
    delete truth.evaluations[op.id];
    return 'ok';
  }
  return of(truth.evaluations[op.id], (evaluation) => {
    const has = (key: string): boolean => evaluation.models.some((model) => model.key === key);
    switch (op.kind) {
      case 'evaluation-rename':
        evaluation.name = op.name;
        return undefined;
      case 'model-add': {
        const key = added(evaluation, op.name);
        for (let i = 0; i < op.answers; i++) evaluation.answers[`${key}-${i}`] = op.name;
        return key;
      }
      case 'answer':
        if (!has(op.key)) return GONE;
        evaluation.answers[`${op.key}-${op.index}`] = op.text;
        return undefined;
      case 'grade':
        if (!has(op.key)) return GONE;
        evaluation.grades[`${op.key}-${op.index}~${op.rater}`] = true;
        return undefined;
      case 'model-remove': {
        const ofModel = (key: string): boolean => key.startsWith(`${op.key}-`);
        evaluation.models = evaluation.models.filter(({ key }) => key !== op.key);
        evaluation.answers = without(evaluation.answers, ofModel);
        evaluation.grades = without(evaluation.grades, ofModel);
        return undefined;
      }
    }
  });
}
function added(evaluation: EvaluationTruth, name: string): string {
  const key = `m${String(++evaluation.keys).padStart(2, '0')}`;
  evaluation.models.push({ key, name });
  return key;
}

function toRun(truth: Truth, op: Extract<Operation, { kind: `run-${string}` | `task-${string}` }>): Result {
  if (op.kind === 'run-create') {
    const id = numbered('r', ++truth.given.runs);
    truth.runs[id] = { target: op.target, kept: 0, tasks: {} };
    return id;
  }
  if (op.kind === 'run-delete') {
    delete truth.runs[op.id];
    return 'ok';
  }
  return of(truth.runs[op.id], (run) => {
    switch (op.kind) {
      case 'run-target':
        run.target = op.target;
        return undefined;
      case 'run-commit':
        run.tasks[`${op.id}-m${String(op.seq).padStart(6, '0')}-000`] = op.text;
        run.kept++;
        return undefined;
      case 'task-edit':
        if (run.tasks[op.task] === undefined) return 'none';
        run.tasks[op.task] = op.text;
        return undefined;
      case 'task-remove':
        if (run.tasks[op.task] === undefined) return 'none';
        run.tasks = without(run.tasks, (id) => id === op.task);
        run.kept--;
        return undefined;
    }
  });
}

/** Written apart from the product's own `changeSeed`, and more plainly. */
function changed(set: SetTruth, { before, after, place = 0 }: SeedChange): Result {
  const same = (a: SeedTask, b: SeedTask): boolean => a.instruction === b.instruction;
  const at = before ? set.seeds.findIndex(({ id }) => id === before.id) : -1;
  const stored = set.seeds[at];
  if (!before) {
    if (!after) return 'changed';
    const ids = new Set(set.seeds.map(({ id }) => id));
    let { id } = after;
    for (let n = ids.size + 1; ids.has(id); n++) id = `${after.id}_${n}`;
    set.seeds.splice(place, 0, { ...after, id });
  } else if (stored ? after && same(stored, after) : !after) {
    return 'changed';
  } else if (!stored || !same(stored, before)) {
    return 'conflict';
  } else if (after) {
    set.seeds[at] = after;
  } else {
    set.seeds.splice(at, 1);
  }
  set.version++;
  return 'changed';
}

function of<T>(record: T | undefined, change: (record: T) => Result | undefined | void): Result {
  return record ? (change(record) ?? 'ok') : GONE;
}
