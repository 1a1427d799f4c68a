/** Tasks out to an expert and back: the file that is saved, the corrections that came, and writing those that are accepted. */
import type { RunRecord } from '../../core/run';
import {
  type Correction,
  correctionsOf,
  type CorrectionRow,
  type FoundCorrections,
} from '../../core/review/correction-file';
import { labelOf } from '../../core/ids';
import type { Task, TaskId } from '../../core/task';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { Job, type JobWork } from '../../app/job.svelte';
import type { LineProblem } from '../../core/dataset/refused-lines';
import { Pacer } from '../../io/pacer';
import { ReviewChanges } from './review-changes.svelte';
import type { ReviewSession } from './review-session.svelte';
import { type SentAs, WORDS } from './words';

export const SENT_AS: readonly SentAs[] = ['page', 'csv'];
const words = WORDS.corrections;
/** Steps of the progress of reading, as parts of the whole file. */
const STEPS = 1_000;

/** What a file of corrections says, besides them. */
interface CorrectionFile extends Omit<FoundCorrections, 'corrections'> {
  readonly name: string;
  /** Tasks that rows are about, and those of the file that are not here. */
  readonly tasks: number;
  readonly nowhere: number;
  readonly badLines: number;
  readonly problems: readonly LineProblem[];
}

export class ReviewCorrections {
  sentAs = $state<SentAs>('page');
  readonly changes = new ReviewChanges<Correction>();
  /** The file that was read last. */
  file = $state.raw<CorrectionFile | null>(null);
  /** What was done last, in words. */
  status = $state('');
  readonly job = new Job();
  #kind = $state<'sending' | 'reading' | 'writing'>('reading');

  constructor(
    private readonly services: Services,
    private readonly runSession: RunSession,
    private readonly review: ReviewSession,
  ) {
    review.whenForgotten(() => this.#forget());
  }

  get working(): 'sending' | 'reading' | 'writing' | null {
    return this.job.running ? this.#kind : null;
  }

  /** Saves the tasks of the queue for an expert. */
  async send(): Promise<void> {
    const { run, queue } = this.review;
    // The choice of the file may change while it is written.
    const { sentAs } = this;
    if (!run) return;
    const ids = queue.rows.map(({ id }) => id);
    this.#kind = 'sending';
    const blob = await this.job.run((signal, report) => this.#written(run, ids, sentAs, signal, report));
    if (!blob) return;
    const name = words.fileName(run.number, sentAs);
    this.services.saveFile(name, blob);
    this.status = words.saved(ids.length, name);
  }
  async #written(
    run: RunRecord,
    ids: readonly TaskId[],
    sentAs: SentAs,
    ...[signal, report]: Parameters<JobWork<Blob>>
  ): Promise<Blob> {
    const [{ correctionCsv }, { correctionPage }, { collect }] = await Promise.all([
      import('../../export/corrections/correction-csv'),
      import('../../export/corrections/correction-page'),
      import('../../io/collect'),
    ]);
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked, never shown
    const wanted = new Set(ids);
    const step = { label: words.writing, unit: 'rows', total: this.review.queue.tasks } as const;
    const { store } = this.services;
    async function* chosen(): AsyncGenerator<readonly Task[]> {
      let done = 0;
      for await (const page of store.scanTasks(run.id)) {
        yield page.filter(({ id }) => wanted.has(id));
        report({ ...step, done: (done += page.length) });
      }
    }
    const answers = words.fileName(run.number, 'csv');
    return sentAs === 'csv'
      ? collect(correctionCsv(chosen(), run), 'text/csv', signal)
      : collect(correctionPage(chosen(), { run, answers, sentAt: this.services.now() }), 'text/html', signal);
  }

  /** Reads a file that came back, and finds what it changes. */
  async read(file: File): Promise<void> {
    const { run } = this.review;
    if (!run) return;
    this.job.cancel();
    this.#clear();
    this.#kind = 'reading';
    await this.job.replace((signal, report) => this.#read(file, run, signal, report));
  }
  async #read(file: File, run: RunRecord, ...[signal, report]: Parameters<JobWork<void>>): Promise<void> {
    const { readCorrections } = await import('../../import/corrections-file');
    const { lines, problems, badLines } = await readCorrections(file, run, signal, (share) => {
      const done = Math.round((file.size * Math.round(share * STEPS)) / STEPS);
      report({ label: words.reading(file.name), done, total: file.size });
    });
    const rows = Map.groupBy(lines, ({ id }) => id);
    const step = { label: words.comparing, unit: 'rows', total: this.review.queue.tasks } as const;
    const pacer = new Pacer(signal);
    const found: Correction[] = [];
    let asked = 0;
    let [cut, gone, twice, tasks] = [0, 0, 0, 0];
    for await (const page of this.services.store.scanTasks(run.id)) {
      for (const task of page) {
        const own: readonly CorrectionRow[] | undefined = rows.get(labelOf(task.id));
        if (!own || task.origin === 'seed') continue;
        tasks++;
        const one = correctionsOf(task, own);
        found.push(...one.corrections);
        cut += one.cut;
        gone += one.gone;
        twice += one.twice;
        await pacer.breathe();
      }
      report({ ...step, done: (asked += page.length) });
    }
    signal.throwIfAborted();
    const nowhere = rows.size - tasks;
    this.file = { name: file.name, tasks, nowhere, cut, gone, twice, badLines, problems };
    this.changes.all = found;
    this.changes.runId = run.id;
    // What is in doubt is written only when someone says so.
    for (const one of found) if (words.doubt(one) !== '') this.changes.excluded.add(one.id);
  }
  /** What is being written or sent is so to its end. */
  #forget(): void {
    if (this.working === 'reading') this.job.cancel();
    this.#clear();
  }
  #clear(): void {
    this.changes.clear();
    this.file = null;
    this.status = '';
  }

  /** Writes the corrections that are accepted, as one step of the history. */
  async apply(): Promise<void> {
    const { run, history } = this.review;
    const { file, changes } = this;
    if (!run || run.id !== changes.runId || !file || changes.picked.length === 0) return;
    if (this.runSession.active || this.working) return;
    this.#kind = 'writing';
    await this.job.run(async (_, report) => {
      const label = (tasks: number): string => words.step(file.name, tasks);
      const done = await changes.write(this.services, this.runSession, run.id, label, report);
      if (this.review.run?.id !== run.id) return;
      const { step } = done;
      if (step) history.steps.push({ label: step.label, runId: run.id, taskId: null, bulk: step.id });
      if (this.changes.all?.length === 0) this.#clear();
      this.status = WORDS.changes.written(done);
    });
  }
}
