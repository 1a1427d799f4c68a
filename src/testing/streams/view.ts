/** The database in the shape of the truth, read without the product's own code. */
import type { SeedTask } from '../../core/task';
import type { Dump } from '../raw-database';
import type { Truth } from './truth';

/** The fields that the truth knows of, of all stores. */
interface Row {
  readonly name: string;
  readonly version: number;
  readonly seeds: SeedTask[];
  readonly keysGiven: number;
  readonly models: readonly { readonly key: string; readonly name: string }[];
  readonly text: string;
  readonly step: number;
  readonly status: string;
  readonly config: { readonly target: number };
  readonly kept: number;
  readonly origin: string;
  readonly instruction: string;
}
const STORE_SETTING = /^store:/u;

export function viewOf(dump: Dump): Truth {
  const rows = (store: string): readonly (readonly [string, Row])[] =>
    (dump[store] ?? []) as unknown as readonly (readonly [string, Row])[];
  /** Rows whose ids begin with that of their record, by what follows. */
  const under = (store: string, id: string): readonly (readonly [string, Row])[] =>
    rows(store).flatMap(([key, row]) => (key.startsWith(`${id}-`) ? [[key.slice(id.length + 1), row]] : []));
  const setting = (name: string): unknown =>
    rows('settings').find(([key]) => key === `store:last-${name}-number`)?.[1];
  const byId = <T>(store: string, of: (row: Row, id: string) => T): Record<string, T> =>
    Object.fromEntries(rows(store).map(([id, row]) => [id, of(row, id)]));
  /** `m01-000003~Ana` as `m01-3~Ana`. */
  const short = (key: string): string => key.replace(/-0*(\d+)/u, '-$1');
  return {
    given: {
      runs: Number(setting('run') ?? 0),
      trainings: Number(setting('training') ?? 0),
      evaluations: Number(setting('evaluation') ?? 0),
    },
    sets: byId('seedSets', ({ name, version, seeds }) => ({ name, version, seeds })),
    evaluations: byId('evaluations', ({ name, keysGiven, models }, id) => ({
      name,
      keys: keysGiven,
      models: models.map((model) => ({ key: model.key, name: model.name })),
      answers: Object.fromEntries(under('answers', id).map(([key, { text }]) => [short(key), text])),
      grades: Object.fromEntries(under('grades', id).map(([key]) => [short(key), true])),
    })),
    trainings: byId('trainings', ({ name, step, status }, id) => ({
      name,
      step,
      finished: status === 'finished',
      checkpoint: rows('checkpoints').find(([key]) => key === id)?.[1].step ?? null,
    })),
    runs: byId('runs', ({ config }, id) => ({
      target: config.target,
      kept: rows('progress').find(([key]) => key === id)?.[1].kept ?? -1,
      tasks: Object.fromEntries(
        under('tasks', id).flatMap(([key, row]) =>
          row.origin === 'machine' ? [[`${id}-${key}`, row.instruction]] : [],
        ),
      ),
    })),
    settings: Object.fromEntries(
      rows('settings').filter(([key]) => !STORE_SETTING.test(key) && key !== 'servers'),
    ),
    servers: (
      (rows('settings').find(([key]) => key === 'servers')?.[1] ?? []) as unknown as { url: string }[]
    ).map(({ url }) => url),
    models: byId('models', ({ name }) => name),
  };
}

/** Rows that belong to no record: what was written for one that is gone. */
export function orphans(dump: Dump): readonly string[] {
  const ids = (store: string): ReadonlySet<unknown> => new Set((dump[store] ?? []).map(([key]) => key));
  const owners: Readonly<Record<string, string>> = {
    tasks: 'runs',
    candidates: 'runs',
    calls: 'runs',
    ratings: 'runs',
    progress: 'runs',
    answers: 'evaluations',
    grades: 'evaluations',
    evaluationTasks: 'evaluations',
    checkpoints: 'trainings',
  };
  return Object.entries(owners).flatMap(([store, owner]) => {
    const known = ids(owner);
    return (dump[store] ?? []).flatMap(([key]) =>
      known.has((key as string).split('-')[0]) ? [] : [`${store} ${key as string}`],
    );
  });
}
