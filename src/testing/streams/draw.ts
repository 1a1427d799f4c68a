/** Draws operations: few records, so that tabs meet on them, and views that may be old. */
import type { Random } from '../../core/random';
import type { SeedTask } from '../../core/task';
import type { Operation } from './operations';
import type { Truth } from './truth';

/** Records of a kind; above this one is deleted rather than made. */
const MOST = 4;

const seed = (id: string, instruction: string): SeedTask => ({
  id,
  name: id,
  instruction,
  isClassification: false,
  instances: [{ input: '', output: 'yes' }],
});

/**
 * @param seen what the tab has seen last: it may be some operations old
 * @param step distinguishes what is written
 */
export function drawOperation(random: Random, seen: Truth, step: number): Operation {
  const word = `w${step}`;
  const one = <T>(items: readonly T[]): T | undefined => items[random.below(items.length)];
  const some = (record: Readonly<Record<string, unknown>>): string | undefined => one(Object.keys(record));
  const many = (record: Readonly<Record<string, unknown>>): boolean => Object.keys(record).length >= MOST;
  const drawn = random.below(100);
  if (drawn < 28) return ofSets();
  if (drawn < 58) return ofEvaluations();
  if (drawn < 70) return ofTrainings();
  if (drawn < 88) return ofRuns();
  return ofSettings();

  function ofSets(): Operation {
    const id = some(seen.sets);
    if (id === undefined) return { kind: 'set-create', name: word, seeds: [seed('a', word)], at: step >> 3 };
    const set = seen.sets[id];
    const before = one(set?.seeds ?? []) ?? null;
    switch (random.below(10)) {
      case 0:
        return many(seen.sets)
          ? { kind: 'set-remove', id, version: random.below(2) === 0 ? (set?.version ?? null) : null }
          : { kind: 'set-create', name: word, seeds: [seed('a', word), seed('b', word)], at: step >> 3 };
      case 1:
        return { kind: 'set-rename', id, name: word };
      case 2:
      case 3:
      case 4:
        return { kind: 'set-change', id, change: { before: null, after: seed('new', word) } };
      case 5:
        return { kind: 'set-change', id, change: { before, after: null } };
      default:
        return {
          kind: 'set-change',
          id,
          change: { before, after: before ? seed(before.id, word) : seed('c', word) },
        };
    }
  }
  function ofEvaluations(): Operation {
    const id = some(seen.evaluations);
    if (id === undefined) return { kind: 'evaluation-create', name: word, models: ['one', 'two'] };
    const key = one(seen.evaluations[id]?.models ?? [])?.key ?? 'm01';
    const index = random.below(4);
    switch (random.below(12)) {
      case 0:
        return many(seen.evaluations)
          ? { kind: 'evaluation-delete', id }
          : { kind: 'evaluation-create', name: word, models: ['one'] };
      case 1:
        return { kind: 'evaluation-rename', id, name: word };
      case 2:
      case 3:
        return { kind: 'model-add', id, name: word, answers: random.below(4) };
      case 4:
      case 5:
        return { kind: 'model-remove', id, key };
      case 6:
      case 7:
        return { kind: 'grade', id, key, index, rater: one(['Ana', 'Ben']) ?? '' };
      default:
        return { kind: 'answer', id, key, index, text: word };
    }
  }
  function ofTrainings(): Operation {
    const id = some(seen.trainings);
    if (id === undefined) return { kind: 'training-create', name: word };
    switch (random.below(8)) {
      case 0:
        return many(seen.trainings)
          ? { kind: 'training-delete', id }
          : { kind: 'training-create', name: word };
      case 1:
      case 2:
      case 3:
        return { kind: 'training-rename', id, name: word };
      case 4:
        return { kind: 'training-finish', id };
      default:
        return { kind: 'training-checkpoint', id, step: random.below(100) };
    }
  }
  function ofRuns(): Operation {
    const id = some(seen.runs);
    if (id === undefined) return { kind: 'run-create', target: 3 };
    const task = some(seen.runs[id]?.tasks ?? {}) ?? `${id}-m000000-000`;
    switch (random.below(12)) {
      case 0:
        return many(seen.runs) ? { kind: 'run-delete', id } : { kind: 'run-create', target: random.below(9) };
      case 1:
      case 2:
        return { kind: 'run-target', id, target: random.below(100) };
      case 3:
      case 4:
        return { kind: 'task-remove', id, task };
      case 5:
      case 6:
      case 7:
        return { kind: 'task-edit', id, task, text: word };
      default:
        return { kind: 'run-commit', id, seq: step, text: word };
    }
  }
  function ofSettings(): Operation {
    const url = `http://localhost:${8_000 + random.below(4)}/v1`;
    const key = one(['count', 'theme', 'rater']) ?? '';
    switch (random.below(5)) {
      case 0:
        return { kind: 'setting-save', key, value: random.below(4) === 0 ? null : word };
      case 1:
        return { kind: 'setting-count', key: 'count' };
      case 2:
        return { kind: 'server-save', url };
      case 3:
        return { kind: 'server-remove', url };
      default:
        return { kind: 'stored-model-rename', id: one(['one', 'two', 'none']) ?? '', name: word };
    }
  }
}
