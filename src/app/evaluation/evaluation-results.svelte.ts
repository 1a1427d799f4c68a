/** What the answers of an evaluation say: scores, intervals, pairs of models and parts of the set, computed in slices. */
import type { EvaluationRecord, EvaluationTask } from '../../core/evaluation/evaluation';
import {
  type AnswerSheet,
  type EvaluationFigures,
  type Measure,
  type ModelFigures,
  type PairFigures,
  type PartFigures,
  type PartKind,
  type PartTable,
  type ScoredAnswer,
  gains,
  modelFigures,
  pairFigures,
  pairOf,
  partFigures,
  partsOf,
  pointsOf,
  scored,
} from '../../core/evaluation/figures';
import { RESAMPLING, type Steps } from '../../core/evaluation/resampling';
import { Scorer } from '../../core/evaluation/score';
import type { TokenMode } from '../../core/similarity/tokenize';
import { Pacer } from '../../io/pacer';
import type { EvaluationSession } from './evaluation-session.svelte';
import type { AnswersByPlace } from './loaded-answers.svelte';

export const SORTS = ['set', 'gain', 'loss', 'low', 'high'] as const;
/** Of the task list: order of the set, largest gain or loss first, lowest or highest score first. */
export type TaskSort = (typeof SORTS)[number];
export const FILTERS = ['all', 'better', 'same', 'worse', 'trouble'] as const;
/** `trouble`: no answer, an empty one, one that did not fit or was cut off. */
export type TaskFilter = (typeof FILTERS)[number];

export interface EvaluatedTask {
  readonly id: string;
  readonly index: number;
  readonly task: EvaluationTask;
  /** Points of the two models that are compared; null without an answer. */
  readonly from: number | null;
  readonly to: number | null;
  readonly gain: number | null;
}

/** Everything that figures depend on. */
interface Question {
  readonly record: EvaluationRecord | null;
  readonly tasks: readonly EvaluationTask[];
  /** By the key of the model. */
  readonly answers: ReadonlyMap<string, AnswersByPlace>;
  readonly measure: Measure;
  readonly stem: boolean;
  readonly tokens: TokenMode;
  readonly partKind: PartKind;
}

export class EvaluationResults {
  measure = $state<Measure>('rouge-l');
  /** As the paper's SuperNI scorer; the filter of a run compares whole words. */
  stem = $state(false);
  tokens = $state<TokenMode>('ascii');
  partKind = $state<PartKind>('app');
  /** Keys of the two models that are compared; null: chosen by what they are. */
  #from = $state<string | null>(null);
  #to = $state<string | null>(null);
  sort = $state<TaskSort>('gain');
  filter = $state<TaskFilter>('all');
  search = $state('');
  figures = $state.raw<EvaluationFigures | null>(null);
  partTable = $state.raw<PartTable | null>(null);
  busy = $state(false);

  #scorer = new Scorer({ stem: false, tokens: 'ascii' });
  /** Scores by answer; void when the words are compared in another way. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a cache
  readonly #scores = new Map<string, ScoredAnswer>();
  #scoredFor = '';
  #computing: Promise<void> | null = null;
  /** What is to be computed next. */
  #wanted: Question | null = null;

  constructor(private readonly session: EvaluationSession) {}

  readonly from: string | null = $derived.by(() => {
    const models = this.session.record?.models ?? [];
    if (models.some(({ key }) => key === this.#from)) return this.#from;
    return (models.find(({ origin }) => origin !== 'finetuned') ?? models[0])?.key ?? null;
  });
  readonly to: string | null = $derived.by(() => {
    const others = (this.session.record?.models ?? []).filter(({ key }) => key !== this.from);
    if (others.some(({ key }) => key === this.#to)) return this.#to;
    return (others.findLast(({ origin }) => origin === 'finetuned') ?? others.at(-1))?.key ?? null;
  });
  /** The figures of the pair that is compared, second minus first; null without both. */
  readonly pair: PairFigures | null = $derived.by(() => {
    const { figures, from, to } = this;
    if (!figures || from === null || to === null) return null;
    return pairOf(figures.pairs, from, to);
  });
  readonly rows: readonly EvaluatedTask[] = $derived.by(() => this.#rows());

  compare(from: string, to: string): void {
    this.#from = from;
    this.#to = to;
  }

  /** The answer and score of a model to the task at this place. */
  scoredOf(key: string, index: number): ScoredAnswer | undefined {
    return this.figures?.sheets.get(key)?.[index];
  }
  nameOf(key: string | null): string {
    return this.session.record?.models.find((model) => model.key === key)?.name ?? '';
  }

  /**
   * Computes all figures again; what is underway is not done twice. Resolves when they are those of the latest answers.
   * In an effect, it is called again whenever something changes that the figures depend on.
   */
  async refresh(): Promise<void> {
    this.#wanted = this.#question();
    this.#computing ??= this.#loop().finally(() => (this.#computing = null));
    await this.#computing;
  }
  #question(): Question {
    const { session, measure, stem, tokens, partKind } = this;
    const { record, tasks } = session;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made once, then read
    const answers = new Map(record?.models.map(({ key }) => [key, session.answersOf(key)]));
    return { record, tasks, answers, measure, stem, tokens, partKind };
  }
  async #loop(): Promise<void> {
    this.busy = true;
    try {
      for (let question = this.#wanted; question; question = this.#wanted) {
        this.#wanted = null;
        await this.#compute(question);
      }
    } finally {
      this.busy = false;
    }
  }

  async #compute({ record, tasks, answers, measure, stem, tokens, partKind }: Question): Promise<void> {
    if (!record) {
      this.figures = null;
      this.partTable = null;
      return;
    }
    this.#prepare(`${record.id} ${stem} ${tokens}`, { stem, tokens });
    const pacer = new Pacer();
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- set once, then read
    const sheets = new Map<string, AnswerSheet>();
    for (const [key, own] of answers) sheets.set(key, await this.#sheet(own, tasks, pacer));
    const models: ModelFigures[] = [];
    for (const model of record.models) {
      models.push(await paced(modelFigures(model, sheets.get(model.key) ?? [], RESAMPLING), pacer));
    }
    const pairs: PairFigures[] = [];
    for (const [i, a] of record.models.entries()) {
      for (const b of record.models.slice(i + 1)) {
        const first = { key: a.key, sheet: sheets.get(a.key) ?? [] };
        const second = { key: b.key, sheet: sheets.get(b.key) ?? [] };
        const pair = await paced(pairFigures(first, second, measure, RESAMPLING), pacer);
        if (pair) pairs.push(pair);
      }
    }
    const all = [...sheets.values()];
    const parts = await this.#parts(tasks, all, partKind, measure, pacer);
    if (this.session.record?.id !== record.id) return;
    this.figures = { measure, models, pairs, sheets };
    this.partTable = { kind: partKind, models: record.models, parts };
  }

  /** The parts of one kind, for a report. */
  async partsFor(kind: PartKind): Promise<PartTable | null> {
    const { figures, session } = this;
    if (!figures || !session.record) return null;
    const sheets = [...figures.sheets.values()];
    const parts = await this.#parts(session.tasks, sheets, kind, figures.measure, new Pacer());
    return { kind, models: session.record.models, parts };
  }

  async #parts(
    tasks: readonly EvaluationTask[],
    sheets: readonly AnswerSheet[],
    kind: PartKind,
    measure: Measure,
    pacer: Pacer,
  ): Promise<readonly PartFigures[]> {
    const parts: PartFigures[] = [];
    for (const part of partsOf(tasks, kind)) {
      parts.push(await paced(partFigures(part, sheets, measure, RESAMPLING), pacer));
    }
    return parts;
  }

  #prepare(scoredFor: string, options: ConstructorParameters<typeof Scorer>[0]): void {
    if (this.#scoredFor === scoredFor) return;
    this.#scoredFor = scoredFor;
    this.#scorer = new Scorer(options);
    this.#scores.clear();
  }
  async #sheet(
    answers: AnswersByPlace,
    tasks: readonly EvaluationTask[],
    pacer: Pacer,
  ): Promise<AnswerSheet> {
    const sheet: (ScoredAnswer | undefined)[] = [];
    for (const [index, answer] of answers.entries()) {
      const task = tasks[index];
      if (!answer || !task) {
        sheet.push(undefined);
        continue;
      }
      let known = this.#scores.get(answer.id);
      if (known?.answer !== answer) {
        known = scored(this.#scorer, task, answer);
        this.#scores.set(answer.id, known);
        await pacer.breathe();
      }
      sheet.push(known);
    }
    return sheet;
  }

  #rows(): readonly EvaluatedTask[] {
    const { figures, from, to, session, sort, filter } = this;
    const sheet = (key: string | null): AnswerSheet => (key && figures?.sheets.get(key)) || [];
    const [first, second] = [sheet(from), sheet(to)];
    const measure = figures?.measure ?? 'rouge-l';
    const change = gains(first, second, measure);
    const at = (side: AnswerSheet, index: number): number | null => {
      const entry = side[index];
      return entry ? pointsOf(entry.score, measure) : null;
    };
    const wanted = this.search.trim().toLowerCase();
    const rows = session.tasks
      .map((task, index): EvaluatedTask => ({
        id: String(index),
        index,
        task,
        from: at(first, index),
        to: at(second, index),
        gain: change[index] ?? null,
      }))
      .filter(({ task, index, gain }) => {
        if (
          wanted !== '' &&
          !`${task.instruction}\n${task.input}\n${task.app ?? ''}`.toLowerCase().includes(wanted)
        ) {
          return false;
        }
        switch (filter) {
          case 'all':
            return true;
          case 'better':
            return gain !== null && gain > 0;
          case 'same':
            return gain === 0;
          case 'worse':
            return gain !== null && gain < 0;
          case 'trouble':
            return [first, second].some((side) => inTrouble(side[index]));
        }
      });
    return sort === 'set' ? rows : rows.sort((a, b) => keyOf(b, sort) - keyOf(a, sort) || a.index - b.index);
  }
}

const inTrouble = (entry: ScoredAnswer | undefined): boolean =>
  !entry ||
  entry.answer.outcome === 'too-long' ||
  entry.answer.finishReason === 'length' ||
  entry.answer.text.trim() === '';

/** Rows with the largest value come first; those without one last. */
function keyOf({ from, to, gain }: EvaluatedTask, sort: Exclude<TaskSort, 'set'>): number {
  const score = to ?? from;
  switch (sort) {
    case 'gain':
      return gain ?? score ?? -Infinity;
    case 'loss':
      return gain === null ? -Infinity : -gain;
    case 'low':
      return score === null ? -Infinity : -score;
    case 'high':
      return score ?? -Infinity;
  }
}

/** Lets the page have its turn between the steps. */
async function paced<T>(steps: Steps<T>, pacer: Pacer): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pacer.breathe();
  }
}
