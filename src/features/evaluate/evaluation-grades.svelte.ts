/** People's grades of the open evaluation: what comes next, blind; undo, pace, a second rater's file, figures. */
import { type Failure, failureOf } from '../../core/errors';
import type { Answer, EvaluatedModel, EvaluationTask } from '../../core/evaluation/evaluation';
import { type GradeMerge, mergeGrades } from '../../core/evaluation/grade-file';
import {
  answerPrint,
  blindOrder,
  type BlindItem,
  countGrades,
  type Grade,
  type GradeAgreement,
  gradeAgreement,
  type GradeCounts,
  gradeId,
  type GradeRow,
  nextItem,
} from '../../core/evaluation/grading';
import { pace } from '../../core/review/pace';
import { RATER_SETTING, raterName } from '../../core/review/rater';
import { gradeLines, gradesCsv } from '../../export/grades-file';
import { type GradesFile, readGradesFile } from '../../import/grades-file';
import type { EvaluationSession } from './evaluation-session.svelte';
import type { Services } from '../../app/services';

/** What can be taken back as one. */
type Step =
  | { readonly kind: 'skip'; readonly item: BlindItem }
  | {
      readonly kind: 'grade' | 'merge';
      /** Null for a file. */
      readonly item: BlindItem | null;
      readonly before: readonly { readonly id: string; readonly row: GradeRow | undefined }[];
    };
export interface BlindAnswer {
  readonly item: BlindItem;
  readonly task: EvaluationTask;
  readonly answer: Answer;
}
export interface MergedGrades extends GradeMerge {
  readonly file: string;
  readonly problems: GradesFile['problems'];
  readonly bad: number;
}
export interface ModelGrades {
  readonly model: EvaluatedModel;
  readonly counts: GradeCounts;
}

const NONE: ReadonlyMap<string, readonly GradeRow[]> = new Map();

export class EvaluationGrades {
  rater = $state<string | null>(null);
  raterAsked = $state(false);
  /** Evaluation whose grades are in memory. */
  loaded = $state<string | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Whether the person asked to see the results before the end. */
  opened = $state(false);
  merged = $state.raw<MergedGrades | null>(null);
  reading = $state(false);
  /** What was done last, in words. */
  said = $state('');
  /** Whose grades are compared with one's own. */
  #other = $state<string | null>(null);
  #steps = $state.raw<readonly Step[]>([]);
  #skipped = $state.raw<readonly string[]>([]);
  /** What was taken back comes again first. */
  #again = $state.raw<BlindItem | null>(null);
  /** Counts the changes of `#rows`: a copy for each grade would be slow. */
  #changes = $state(0);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- `#changes` tells
  readonly #rows = new Map<string, GradeRow>();
  readonly #prints = new WeakMap<Answer, number>();
  /** Writes one after the other, so that an undo never overtakes its grade. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly services: Services,
    private readonly session: EvaluationSession,
  ) {}

  /** All answers there are, in this rater's order. */
  readonly order: readonly BlindItem[] = $derived.by(() => {
    const { record, revision, tasks } = this.session;
    const { rater } = this;
    if (!record || rater === null || revision < 0) return [];
    const keys = record.models.map(({ key }) => key);
    const has = (key: string, index: number): boolean => this.session.answersOf(key)[index] !== undefined;
    return blindOrder(keys, tasks.length, has, { set: record.set.print, rater });
  });
  /** Grades by rater, without those of answers that are not here any more. */
  readonly #byRater: ReadonlyMap<string, readonly GradeRow[]> = $derived.by(() => {
    const { record, revision } = this.session;
    if (!record || this.#changes < 0 || revision < 0) return NONE;
    return Map.groupBy(
      [...this.#rows.values()].filter(
        ({ evaluationId, modelKey, index, print }) =>
          evaluationId === record.id && this.#printOf(modelKey, index) === print,
      ),
      ({ rater }) => rater,
    );
  });
  readonly mine: readonly GradeRow[] = $derived(this.#byRater.get(this.rater ?? '') ?? []);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew
  readonly #graded: ReadonlySet<string> = $derived(new Set(this.mine.map(({ id }) => id)));
  readonly current: BlindAnswer | null = $derived.by(() => {
    const isGraded = ({ modelKey, index }: BlindItem): boolean =>
      this.#graded.has(this.#idOf(modelKey, index));
    const again = this.#again && !isGraded(this.#again) ? this.#again : null;
    const item = again ?? nextItem(this.order, isGraded, this.#skipped);
    if (!item) return null;
    const task = this.session.tasks[item.index];
    const answer = this.session.answersOf(item.modelKey)[item.index];
    return task && answer ? { item, task, answer } : null;
  });
  get done(): number {
    return this.mine.length;
  }
  get total(): number {
    return this.order.length;
  }
  /** Milliseconds for a grade; null until there are two. */
  readonly pace: number | null = $derived(pace(this.mine.map(({ at }) => at).sort((a, b) => a - b)));
  get canUndo(): boolean {
    return this.#steps.length > 0;
  }
  /** Whether names may be shown: at the end, or when the person asked. */
  get revealed(): boolean {
    return this.opened || (this.total > 0 && this.done >= this.total);
  }
  readonly raters: readonly string[] = $derived([...this.#byRater.keys()]);
  readonly others: readonly string[] = $derived(this.raters.filter((name) => name !== this.rater));
  get other(): string | null {
    return this.others.find((name) => name === this.#other) ?? this.others[0] ?? null;
  }
  readonly comparison: GradeAgreement | null = $derived(
    this.other === null ? null : gradeAgreement(this.mine, this.#byRater.get(this.other) ?? []),
  );
  gradedBy(rater: string): number {
    return this.#byRater.get(rater)?.length ?? 0;
  }
  /** Counts of one rater for each model that has any. */
  countsBy(rater: string): readonly ModelGrades[] {
    const byModel = Map.groupBy(this.#byRater.get(rater) ?? [], ({ modelKey }) => modelKey);
    return (this.session.record?.models ?? []).flatMap((model) => {
      const rows = byModel.get(model.key);
      return rows ? [{ model, counts: countGrades(rows) }] : [];
    });
  }
  compareWith(rater: string): void {
    this.#other = rater;
  }

  // ---- who ---------------------------------------------------------------------------------------------------------

  /** Who rates on this device, and the grades of the open evaluation; read once. */
  async load(id: string): Promise<void> {
    if (this.loaded === id) return;
    try {
      if (!this.raterAsked) {
        const stored = await this.services.store.setting<string>(RATER_SETTING);
        this.rater = typeof stored === 'string' ? raterName(stored) : null;
        this.raterAsked = true;
      }
      const rows = await this.services.evaluations.grades(id);
      if (this.session.record?.id !== id) return;
      this.#rows.clear();
      for (const row of rows) this.#rows.set(row.id, row);
      this.#changes++;
      this.#forget();
      this.opened = false;
      this.merged = null;
      this.failure = null;
      this.loaded = id;
    } catch (error) {
      this.#fail(error);
    }
  }
  async nameRater(typed: string): Promise<void> {
    const name = raterName(typed);
    if (name === null) return;
    this.rater = name;
    this.#forget();
    try {
      await this.services.store.saveSetting(RATER_SETTING, name);
    } catch (error) {
      this.#fail(error);
    }
  }
  /** Another person sits down: nothing of the last one's results is shown. */
  changeRater(): void {
    this.rater = null;
    this.opened = false;
    this.merged = null;
  }
  #forget(): void {
    this.#steps = [];
    this.#skipped = [];
    this.#again = null;
    this.said = '';
  }

  // ---- grading -----------------------------------------------------------------------------------------------------

  async grade(grade: Grade): Promise<void> {
    const { current, rater, session } = this;
    const record = session.record;
    if (!current || rater === null || record?.id !== this.loaded) return;
    const { modelKey, index } = current.item;
    const row: GradeRow = {
      id: this.#idOf(modelKey, index),
      evaluationId: record.id,
      modelKey,
      taskId: current.task.id,
      index,
      rater,
      grade,
      print: this.#printOf(modelKey, index) ?? 0,
      at: this.services.now(),
    };
    const before = [{ id: row.id, row: this.#rows.get(row.id) }];
    this.#steps = [...this.#steps, { kind: 'grade', item: current.item, before }];
    this.#skipped = this.#skipped.filter((id) => id !== current.item.id);
    this.#again = null;
    this.said = `Graded ${grade}.`;
    await this.#write([row], before);
  }
  /** Comes again when no other is left. */
  skip(): void {
    const { current } = this;
    if (!current) return;
    const { id } = current.item;
    this.#steps = [...this.#steps, { kind: 'skip', item: current.item }];
    this.#skipped = [...this.#skipped.filter((one) => one !== id), id];
    this.#again = null;
    this.said = 'Skipped: it comes again at the end.';
  }
  async undo(): Promise<void> {
    const step = this.#steps.at(-1);
    if (!step) return;
    this.#steps = this.#steps.slice(0, -1);
    this.#again = step.item;
    if (step.kind === 'skip') {
      this.#skipped = this.#skipped.filter((id) => id !== step.item.id);
      this.said = 'Taken back: the answer that was skipped.';
      return;
    }
    if (step.kind === 'merge') this.merged = null;
    this.said = step.kind === 'merge' ? 'Taken back: the merged file.' : 'Taken back: the last grade.';
    const now = step.before.map(({ id }) => ({ id, row: this.#rows.get(id) }));
    const rows = step.before.flatMap(({ row }) => (row ? [row] : []));
    await this.#write(rows, now);
  }

  /**
   * Shows at once, then stores; false when that failed and all is as before.
   * @param before all rows that change, as they are; those that are not in `rows` go
   */
  async #write(
    rows: readonly GradeRow[],
    before: (Step & { readonly kind: 'grade' })['before'],
  ): Promise<boolean> {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- read here alone
    const kept = new Map(rows.map((row) => [row.id, row]));
    const removed = before.map(({ id }) => id).filter((id) => !kept.has(id));
    this.#put(before.map(({ id }) => ({ id, row: kept.get(id) })));
    const work = this.#writing.then(() => this.services.evaluations.saveGrades(rows, removed));
    this.#writing = work.catch(() => undefined);
    try {
      await work;
      this.failure = null;
      return true;
    } catch (error) {
      this.#put(before);
      // Steps from before the failure may no longer be true.
      this.#forget();
      this.#fail(error);
      return false;
    }
  }
  #put(rows: (Step & { readonly kind: 'grade' })['before']): void {
    for (const { id, row } of rows) {
      if (row) this.#rows.set(id, row);
      else this.#rows.delete(id);
    }
    this.#changes++;
  }

  // ---- files -------------------------------------------------------------------------------------------------------

  /** @param who one rater's grades, or all of them */
  save(format: 'jsonl' | 'csv', who: 'mine' | 'all'): void {
    const { record } = this.session;
    if (!record || this.rater === null) return;
    const rows = (who === 'mine' ? this.mine : [...this.#byRater.values()].flat()).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    const lines = format === 'csv' ? gradesCsv(record, rows) : gradeLines(record, rows);
    const type = format === 'csv' ? 'text/csv' : 'application/jsonl';
    const name = who === 'mine' ? this.rater.replace(/[^\p{L}\p{N} ,-]+/gu, '_') : 'all raters';
    this.services.saveFile(`${record.id}-grades-${name}.${format}`, new Blob([...lines], { type }));
  }

  /** Merges a rater's file; a grade of the same rater is replaced only by a newer one. */
  async take(file: File): Promise<void> {
    const { record, tasks } = this.session;
    if (!record || this.reading || this.loaded !== record.id) return;
    this.reading = true;
    this.merged = null;
    try {
      const read = await readGradesFile(file, record, new AbortController().signal);
      if (this.session.record?.id !== record.id) return;
      this.failure = null;
      const merge = mergeGrades(read.lines, {
        record,
        tasks,
        print: (key, index) => this.#printOf(key, index),
        grade: (id) => this.#rows.get(id),
      });
      if (merge.rows.length > 0) {
        const before = merge.rows.map(({ id }) => ({ id, row: this.#rows.get(id) }));
        this.#steps = [...this.#steps, { kind: 'merge', item: null, before }];
        if (!(await this.#write(merge.rows, before))) return;
      }
      this.merged = { ...merge, file: file.name, problems: read.problems, bad: read.bad };
      this.#other = merge.raters.find((name) => name !== this.rater) ?? this.#other;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.reading = false;
    }
  }

  #idOf(modelKey: string, index: number): string {
    return gradeId(this.session.record?.id ?? '', modelKey, index, this.rater ?? '');
  }
  #printOf(modelKey: string, index: number): number | undefined {
    const answer = this.session.answersOf(modelKey)[index];
    if (!answer) return undefined;
    const known = this.#prints.get(answer) ?? answerPrint(answer.text);
    this.#prints.set(answer, known);
    return known;
  }
  #fail(error: unknown): void {
    this.failure = failureOf(error, (detail) => ({ kind: 'storage-unavailable', detail }));
  }
}
