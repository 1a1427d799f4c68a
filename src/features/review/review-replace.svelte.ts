/** "Fix once, apply to many": a search over a run's machine tasks, the preview of its changes, and writing those chosen. */
import { SvelteSet } from 'svelte/reactivity';
import {
  type Change,
  changesOf,
  searchPattern,
  REPLACE_FIELDS,
  type ReplaceField,
  type ReplaceRule,
  withChanges,
} from '../../core/review/replace';
import type { Progress } from '../../core/ports';
import { type BulkStep, editableOf } from '../../core/review/task-edits';
import type { RunId, TaskId } from '../../core/task';
import type { ReviewSession } from './review-session.svelte';
import { Pacer } from '../../io/pacer';
import { underRunLock } from '../../app/run/run-lock';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { differs, draftProblem, withDraft } from '../../shared/tasks/task-edit';
import { Job, type JobWork } from '../../app/job.svelte';
import { WORDS } from './words';

/** More changes than anyone looks through; a rule that makes more is too wide. */
const MAX_CHANGES = 50_000;
export const CHANGES_A_PAGE = 25;

export class ReviewReplace {
  find = $state('');
  replace = $state('');
  matchCase = $state(true);
  wholeWords = $state(false);
  fields = new SvelteSet<ReplaceField>(REPLACE_FIELDS);
  /** What the rule that was looked for changes; null before the first search. */
  changes = $state.raw<readonly Change[] | null>(null);
  /** Places in all of `changes`, and tasks that they are in. */
  counts = $state.raw({ places: 0, tasks: 0 });
  /** The rule that `changes` were found with. */
  looked = $state.raw<ReplaceRule | null>(null);
  /** The rule changes more than is shown. */
  more = $state(false);
  /** Changes that are left out. */
  readonly excluded = new SvelteSet<string>();
  page = $state(0);
  readonly job = new Job();
  /** What was done last, in words. */
  status = $state('');
  #kind = $state<'looking' | 'writing'>('looking');

  constructor(
    private readonly services: Services,
    private readonly runSession: RunSession,
    private readonly review: ReviewSession,
  ) {}

  get working(): 'looking' | 'writing' | null {
    return this.job.running ? this.#kind : null;
  }
  get rule(): ReplaceRule {
    const { find, replace, matchCase, wholeWords } = this;
    return { find, replace, matchCase, wholeWords, fields: REPLACE_FIELDS.filter((f) => this.fields.has(f)) };
  }
  /** Whether what is in the form was looked for. */
  get fresh(): boolean {
    return this.changes !== null && JSON.stringify(this.looked) === JSON.stringify(this.rule);
  }
  /** Why a change cannot be made; null when it can. */
  problemOf({ field, after }: Change): string | null {
    return field !== 'input' && after.trim() === '' ? WORDS.replace.empty(field) : null;
  }
  /** The changes that will be written. */
  readonly picked = $derived.by((): readonly Change[] => {
    const { changes, excluded } = this;
    const all = changes ?? [];
    const possible = all.filter((change) => this.problemOf(change) === null);
    return excluded.size === 0 ? possible : possible.filter(({ id }) => !excluded.has(id));
  });
  toggle(id: string): void {
    if (!this.excluded.delete(id)) this.excluded.add(id);
  }
  toggleField(field: ReplaceField): void {
    if (!this.fields.delete(field)) this.fields.add(field);
  }
  excludeAll(all: boolean): void {
    this.excluded.clear();
    if (all) for (const { id } of this.changes ?? []) this.excluded.add(id);
  }
  clear(): void {
    this.job.cancel();
    this.changes = null;
    this.more = false;
    this.looked = null;
    this.excluded.clear();
    this.job.failure = null;
    this.page = 0;
  }

  /** Finds all changes that the rule would make. A newer look ends an older one. */
  async look(): Promise<void> {
    const { run } = this.review;
    const { rule } = this;
    const matcher = searchPattern(rule);
    this.clear();
    this.status = '';
    if (!run || !matcher || rule.fields.length === 0) return;
    this.#kind = 'looking';
    await this.job.replace((signal, report) => this.#look(run.id, rule, matcher, signal, report));
  }
  async #look(
    id: RunId,
    rule: ReplaceRule,
    matcher: RegExp,
    ...[signal, report]: Parameters<JobWork<void>>
  ): Promise<void> {
    const step = { label: WORDS.replace.looking, unit: 'rows', total: this.review.queue.tasks } as const;
    report({ ...step, done: 0 });
    let asked = 0;
    const found: Change[] = [];
    let places = 0;
    let tasks = 0;
    const pacer = new Pacer();
    for await (const page of this.services.store.scanTasks(id)) {
      for (const task of page) {
        const changes = task.origin === 'machine' ? changesOf(task, rule, matcher) : [];
        const room = MAX_CHANGES - found.length;
        const listed = changes.slice(0, room);
        for (const change of listed) places += change.places;
        if (listed.length > 0) tasks++;
        found.push(...listed);
        if (changes.length > room) this.more = true;
        await pacer.breathe();
        signal.throwIfAborted();
      }
      report({ ...step, done: (asked += page.length) });
      if (this.more) break;
    }
    signal.throwIfAborted();
    this.looked = rule;
    this.counts = { places, tasks };
    this.changes = found;
  }

  /** Writes the changes that were not left out, as one step of the history. */
  async apply(): Promise<void> {
    const { run } = this.review;
    const { looked: rule, picked } = this;
    if (!run || !rule || picked.length === 0 || this.runSession.active || this.working) return;
    this.#kind = 'writing';
    await this.job.run(async (_, report) => {
      const { step, tasks } = await underRunLock(this.services, this.runSession, run.id, () =>
        this.#write(run.id, rule, picked, report),
      );
      if (step) {
        const { id: bulk, label } = step;
        this.review.history.steps.push({ label, runId: run.id, taskId: null, bulk });
      }
      this.clear();
      this.status = WORDS.replace.changed(tasks);
    });
  }

  async #write(
    runId: RunId,
    { find }: ReplaceRule,
    picked: readonly Change[],
    report: (progress: Progress) => void,
  ): Promise<{ readonly step: BulkStep | null; readonly tasks: number }> {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- read here alone
    const edited = new Set<TaskId>();
    const changes = Map.groupBy(picked, ({ taskId }) => taskId);
    const step = await this.services.store.changeTasks(
      runId,
      [...changes.keys()],
      (task) => {
        const { instruction, isClassification, instances } = editableOf(task).content;
        // What was changed since the preview has other texts than the changes, and stays.
        const texts = withChanges({ instruction, instances: instances ?? [] }, changes.get(task.id) ?? []);
        const next = { ...texts, isClassification, instances: instances && texts.instances };
        if (!differs(task, next) || draftProblem(next) !== null) return null;
        edited.add(task.id);
        return withDraft(task, next);
      },
      (done) => report({ label: WORDS.replace.writing, unit: 'rows', done, total: changes.size }),
      { label: (tasks) => WORDS.replace.step(find, tasks) },
    );
    return { step, tasks: edited.size };
  }
}
