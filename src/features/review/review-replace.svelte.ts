/** "Fix once, apply to many": a search over a run's machine tasks, the preview of its changes, and writing those chosen. */
import { SvelteSet } from 'svelte/reactivity';
import {
  type Change,
  changesOf,
  searchPattern,
  REPLACE_FIELDS,
  type ReplaceField,
  type ReplaceRule,
} from '../../core/review/replace';
import type { RunId } from '../../core/task';
import { ReviewChanges } from './review-changes.svelte';
import type { ReviewSession } from './review-session.svelte';
import { Pacer } from '../../io/pacer';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { Job, type JobWork } from '../../app/job.svelte';
import { WORDS } from './words';

/** More changes than anyone looks through; a rule that makes more is too wide. */
const MAX_CHANGES = 50_000;

export class ReviewReplace {
  find = $state('');
  replace = $state('');
  matchCase = $state(true);
  wholeWords = $state(false);
  fields = new SvelteSet<ReplaceField>(REPLACE_FIELDS);
  /** What the rule that was looked for changes. */
  readonly changes = new ReviewChanges<Change>();
  /** Places in all of `changes`, and tasks that they are in. */
  counts = $state.raw({ places: 0, tasks: 0 });
  /** The rule that `changes` were found with. */
  looked = $state.raw<ReplaceRule | null>(null);
  /** The rule changes more than is shown. */
  more = $state(false);
  readonly job = new Job();
  /** What was done last, in words. */
  status = $state('');
  #kind = $state<'looking' | 'writing'>('looking');

  constructor(
    private readonly services: Services,
    private readonly runSession: RunSession,
    private readonly review: ReviewSession,
  ) {
    review.whenForgotten(() => this.#forget());
  }

  get working(): 'looking' | 'writing' | null {
    return this.job.running ? this.#kind : null;
  }
  get rule(): ReplaceRule {
    const { find, replace, matchCase, wholeWords } = this;
    return { find, replace, matchCase, wholeWords, fields: REPLACE_FIELDS.filter((f) => this.fields.has(f)) };
  }
  /** Whether what is in the form was looked for. */
  get fresh(): boolean {
    return this.changes.all !== null && JSON.stringify(this.looked) === JSON.stringify(this.rule);
  }
  toggleField(field: ReplaceField): void {
    if (!this.fields.delete(field)) this.fields.add(field);
  }
  clear(): void {
    this.job.cancel();
    this.changes.clear();
    this.more = false;
    this.looked = null;
    this.job.failure = null;
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
    this.changes.all = found;
    this.changes.runId = id;
  }

  /** Writes the changes that were not left out, as one step of the history. */
  async apply(): Promise<void> {
    const { run } = this.review;
    const { looked: rule, changes } = this;
    if (
      !run ||
      run.id !== changes.runId ||
      !rule ||
      changes.picked.length === 0 ||
      this.runSession.active ||
      this.working
    )
      return;
    this.#kind = 'writing';
    await this.job.run(async (_, report) => {
      const label = (tasks: number): string => WORDS.replace.step(rule.find, tasks);
      const done = await changes.write(this.services, this.runSession, run.id, label, report);
      if (this.review.run?.id !== run.id) return;
      const { step } = done;
      if (step) {
        this.review.history.steps.push({ label: step.label, runId: run.id, taskId: null, bulk: step.id });
      }
      this.clear();
      this.status = WORDS.changes.written(done);
    });
  }
  /** What is being written is written to its end. */
  #forget(): void {
    if (this.working === 'writing') this.changes.clear();
    else this.clear();
    this.status = '';
  }
}
