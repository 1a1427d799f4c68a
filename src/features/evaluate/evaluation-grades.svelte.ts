/** Grades of the answers of the open evaluation by people, blind: what comes next, undo, files of other raters, figures. */
import { type Failure, failureOf } from '../../core/errors';
import type { Answer, EvaluatedModel, EvaluationTask } from '../../core/evaluation/evaluation';
import { mergeGrades } from '../../core/evaluation/grade-file';
import {
  answerFingerprint,
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
import { gradeLines, gradesCsv } from '../../export/grades-file';
import { readGradesFile } from '../../import/grades-file';
import type { RaterLines } from '../../import/rater-lines';
import { History } from '../../shared/raters/history.svelte';
import type { Rater } from '../../shared/raters/rater.svelte';
import { Ratings, type RatingsChange } from '../../shared/raters/ratings.svelte';
import { WORDS as RATER_WORDS } from '../../shared/raters/words';
import type { EvaluationSession } from '../../app/evaluation/evaluation-session.svelte';
import { fileName } from '../../io/file-name';
import type { Services } from '../../app/services';
import { GRADE_WORDS } from './grade-words';

interface GradeStep {
  readonly kind: 'skip' | 'grade' | 'merge';
  /** Null for a file. */
  readonly item: BlindItem | null;
  /** Brings the grades back. */
  readonly grades?: RatingsChange<GradeRow>;
}
export interface BlindAnswer {
  readonly item: BlindItem;
  readonly task: EvaluationTask;
  readonly answer: Answer;
}
export interface MergedGrades {
  readonly raters: string;
  readonly facts: string;
  readonly problems: RaterLines<unknown>['problems'];
  /** The step that undoes the merge; undefined when nothing was new. */
  readonly step: GradeStep | undefined;
}
export interface ModelGrades {
  readonly model: EvaluatedModel;
  readonly counts: GradeCounts;
}
/** Raters of a file that are named. */
const MAX_NAMES = 5;

export class EvaluationGrades {
  /** Evaluation whose grades are in memory. */
  loaded = $state<string | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Whether the results were asked for before the end. */
  opened = $state(false);
  merged = $state.raw<MergedGrades | null>(null);
  reading = $state(false);
  /** What was done last, in words. */
  status = $state('');
  readonly history = new History<GradeStep>();
  /** Whose grades are compared with one's own. */
  #other = $state<string | null>(null);
  #skipped = $state.raw<readonly string[]>([]);
  /** An answer whose step was undone comes first. */
  #again = $state.raw<BlindItem | null>(null);
  /** The rater whose steps these are. */
  #stepsOf: string | null = null;
  readonly #ratings = new Ratings<string, GradeRow>(({ id }) => id);
  readonly #fingerprints = new WeakMap<Answer, number>();
  /** Writes one after the other, so that an undo never overtakes its grade. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly services: Services,
    private readonly session: EvaluationSession,
    readonly rater: Rater,
  ) {}

  /** All answers there are, in this rater's order. */
  readonly order: readonly BlindItem[] = $derived.by(() => {
    const { record, tasks } = this.session;
    const rater = this.rater.name;
    if (!record || rater === null) return [];
    const keys = record.models.map(({ key }) => key);
    const has = (key: string, index: number): boolean => this.session.answersOf(key)[index] !== undefined;
    return blindOrder(keys, tasks.length, has, { set: record.set.print, rater });
  });
  /** Grades by rater, without those of answers that are not here any more. */
  readonly #byRater: ReadonlyMap<string, readonly GradeRow[]> = $derived.by(() => {
    const all =
      this.session.record?.id === this.loaded
        ? this.#ratings.raters.flatMap((rater) => [...this.#ratings.of(rater).values()])
        : [];
    const here = all.filter(({ modelKey, index, print }) => this.#fingerprintOf(modelKey, index) === print);
    return Map.groupBy(here, ({ rater }) => rater);
  });
  readonly mine: readonly GradeRow[] = $derived.by(() => this.#byRater.get(this.rater.name ?? '') ?? []);
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced, not changed
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
  /** Whether names may be shown: at the end, or on demand. */
  get revealed(): boolean {
    return this.opened || (this.total > 0 && this.done >= this.total);
  }
  readonly raters: readonly string[] = $derived([...this.#byRater.keys()]);
  readonly others: readonly string[] = $derived(this.raters.filter((name) => name !== this.rater.name));
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

  /** Reads who rates, and the grades of the open evaluation, unless they are here. */
  async load(id: string): Promise<void> {
    try {
      await this.rater.load();
      if (this.loaded === id) {
        if (this.rater.name !== this.#stepsOf) this.#start();
        return;
      }
      const rows = await this.services.evaluations.grades(id);
      if (this.session.record?.id !== id) return;
      this.#ratings.clear();
      this.#ratings.change({ rows, removed: [] });
      this.#start();
      this.failure = null;
      this.loaded = id;
    } catch (error) {
      this.#fail(error);
    }
  }
  async setRater(typed: string): Promise<void> {
    try {
      const stored = this.rater.rename(typed);
      this.#start();
      await stored;
    } catch (error) {
      this.#fail(error);
    }
  }
  /** Asks for another person, who sees nothing of the last one's results. */
  clearRater(): void {
    this.rater.clear();
    this.#start();
  }
  /** Shows nothing of earlier steps and results. */
  #start(): void {
    this.#stepsOf = this.rater.name;
    this.opened = false;
    this.merged = null;
    this.#forget();
  }
  #forget(): void {
    this.history.clear();
    this.#skipped = [];
    this.#again = null;
    this.status = '';
  }

  // ---- grading -----------------------------------------------------------------------------------------------------

  async grade(grade: Grade): Promise<void> {
    const { current, session } = this;
    const { record } = session;
    const rater = this.rater.name;
    if (!current || rater === null || record?.id !== this.loaded) return;
    const { item, task } = current;
    const row: GradeRow = {
      id: this.#idOf(item.modelKey, item.index),
      evaluationId: record.id,
      modelKey: item.modelKey,
      taskId: task.id,
      index: item.index,
      rater,
      grade,
      print: this.#fingerprintOf(item.modelKey, item.index) ?? 0,
      at: this.services.now(),
    };
    this.history.push({ kind: 'grade', item, grades: this.#ratings.restoring([row.id]) });
    this.#skipped = this.#skipped.filter((id) => id !== item.id);
    this.#again = null;
    this.status = GRADE_WORDS.grading.graded(grade);
    await this.#write({ rows: [row], removed: [] });
  }
  /** The answer comes again when no other is left. */
  skip(): void {
    const { current } = this;
    if (!current) return;
    const { item } = current;
    this.history.push({ kind: 'skip', item });
    this.#skipped = [...this.#skipped.filter((id) => id !== item.id), item.id];
    this.#again = null;
    this.status = GRADE_WORDS.grading.skipped;
  }
  async undo(): Promise<void> {
    await this.history.undo(async ({ kind, item, grades }) => {
      this.#again = item;
      if (kind === 'skip') this.#skipped = this.#skipped.filter((id) => id !== item?.id);
      if (kind === 'merge') this.merged = null;
      this.status = GRADE_WORDS.grading.undone[kind];
      if (grades) await this.#write(grades);
    });
  }
  /** Undoes the merge that is shown, while it is the newest step; null otherwise. */
  get undoMerge(): (() => Promise<void>) | null {
    const step = this.merged?.step;
    return step && this.history.last === step ? () => this.undo() : null;
  }

  /** Shows at once, then stores; false when that failed and everything is as before. */
  async #write(change: RatingsChange<GradeRow>): Promise<boolean> {
    const { rows, removed } = change;
    const before = this.#ratings.restoring([...rows.map(({ id }) => id), ...removed]);
    this.#ratings.change(change);
    const id = this.session.record?.id ?? '';
    const work = this.#writing.then(() => this.services.evaluations.saveGrades(id, rows, removed));
    this.#writing = work.catch(() => undefined);
    try {
      await work;
      this.failure = null;
      return true;
    } catch (error) {
      this.#ratings.change(before);
      // Steps from before the failure may no longer be true.
      this.#forget();
      this.#fail(error);
      return false;
    }
  }

  // ---- files -------------------------------------------------------------------------------------------------------

  /** @param who one rater's grades, or all of them */
  save(format: 'jsonl' | 'csv', who: 'mine' | 'all'): void {
    const { record } = this.session;
    const rater = this.rater.name;
    if (!record || rater === null) return;
    const rows = (who === 'mine' ? this.mine : [...this.#byRater.values()].flat()).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    const lines = format === 'csv' ? gradesCsv(record, rows) : gradeLines(record, rows);
    const type = format === 'csv' ? 'text/csv' : 'application/jsonl';
    const name = who === 'mine' ? fileName(rater) : GRADE_WORDS.grading.allRaters;
    this.services.saveFile(`${record.id}-grades-${name}.${format}`, new Blob([...lines], { type }));
  }

  /** Merges a rater's file; a grade of the same rater is replaced only by a newer one. */
  async take(file: File): Promise<void> {
    const { record, tasks } = this.session;
    if (!record || this.reading || this.loaded !== record.id) return;
    this.reading = true;
    this.merged = null;
    try {
      const {
        lines,
        badLines: bad,
        problems,
      } = await readGradesFile(file, record, new AbortController().signal);
      if (this.session.record?.id !== record.id) return;
      this.failure = null;
      const merge = mergeGrades(lines, {
        record,
        tasks,
        print: (key, index) => this.#fingerprintOf(key, index),
        grade: (id) => this.#ratings.byId(id),
      });
      const { rows, raters } = merge;
      let step: GradeStep | undefined;
      if (rows.length > 0) {
        step = { kind: 'merge', item: null, grades: this.#ratings.restoring(rows.map(({ id }) => id)) };
        this.history.push(step);
        if (!(await this.#write({ rows, removed: [] }))) return;
      }
      const facts = RATER_WORDS.raters.facts({ ...merge, bad }, GRADE_WORDS.raters.nowhere);
      this.merged = { raters: raters.slice(0, MAX_NAMES).join(', '), facts, problems, step };
      this.#other = raters.find((name) => name !== this.rater.name) ?? this.#other;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.reading = false;
    }
  }

  #idOf(modelKey: string, index: number): string {
    return gradeId(this.session.record?.id ?? '', modelKey, index, this.rater.name ?? '');
  }
  #fingerprintOf(modelKey: string, index: number): number | undefined {
    const answer = this.session.answersOf(modelKey)[index];
    if (!answer) return undefined;
    const known = this.#fingerprints.get(answer) ?? answerFingerprint(answer.text);
    this.#fingerprints.set(answer, known);
    return known;
  }
  #fail(error: unknown): void {
    this.failure = failureOf(error);
  }
}
