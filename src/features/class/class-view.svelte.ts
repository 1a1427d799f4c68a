/** The hand-ins of a class: read one by one, compared in a worker, and what they show together. */
import { CLOSE_SCORE } from '../../core/analysis/overlap';
import { ClassFindingsSum, classTasks, type PupilWork } from '../../core/classroom/class-pool';
import { classRatings } from '../../core/classroom/class-ratings';
import type { HandIn } from '../../core/classroom/hand-in';
import { runKey } from '../../core/classroom/run-key';
import { failureOf } from '../../core/errors';
import type { RunRecord } from '../../core/run';
import type { TaskId } from '../../core/task';
import type { TokenMode } from '../../core/similarity/tokenize';
import { failureWords } from '../../ui/failure-words';
import type { AppState } from '../../app/app-state.svelte';
import { Job, type JobWork } from '../../app/job.svelte';
import { openImported } from '../../app/open-imported';
import type { Services } from '../../app/services';
import { classTable } from './class-figures';
import { type ClassResults, lessonsOf, type Pupil, pupilsOf } from './pupils';
import { WORDS } from './words';

/** A class, and more than anybody teaches: a folder dropped by mistake is told. */
const MOST_FILES = 200;
/** Instructions that are compared in one message: short enough that stopping is quick. */
const BATCH = 100;

export class ClassView {
  /** Reading and comparing. */
  readonly job = new Job();
  results = $state.raw<ClassResults | null>(null);
  /** What is to be told of files that were dropped last: not read, here already, or in the place of another. */
  notes = $state.raw<readonly string[]>([]);
  /** A code as it is typed or pasted. */
  code = $state('');
  /** The pupil whose work is open. */
  opened = $state<string | null>(null);
  /** Pupils are shown by number: for a projector. */
  withoutNames = $state(false);
  #works: readonly PupilWork[] = [];
  readonly #app: Pick<AppState, 'services' | 'runs' | 'session'>;
  readonly #services: Services;

  constructor(app: Pick<AppState, 'services' | 'runs' | 'session'>) {
    this.#app = app;
    this.#services = app.services;
  }

  /** Reads hand-ins; what cannot be read is named, the others come in. Stopped, it leaves all as it was. */
  take(files: readonly File[]): Promise<unknown> {
    return this.job.run(async (signal, report) => {
      const notes: string[] = [];
      const works = [...this.#works];
      const { readHandIn } = await import('../../import/read-hand-in');
      const total = files.reduce((sum, { size }) => sum + size, 0);
      let done = 0;
      for (const [i, file] of files.entries()) {
        report({ label: WORDS.progress.reading(file.name), done, total });
        if (i >= MOST_FILES) {
          notes.push(WORDS.files.tooMany(file.name, MOST_FILES));
          continue;
        }
        try {
          const note = addTo(works, await readHandIn(file, signal), file.name);
          if (note !== null) notes.push(note);
        } catch (error) {
          signal.throwIfAborted();
          notes.push(failureWords(failureOf(error)).what);
        }
        done += file.size;
      }
      const results = await this.#compare(works, signal, report);
      signal.throwIfAborted();
      this.#works = works;
      this.notes = notes;
      this.results = results;
    });
  }
  /** Reads a hand-in that was pasted. */
  async paste(): Promise<void> {
    const { fileOfCode } = await import('../../import/read-hand-in');
    const file = await this.job.attempt(() => Promise.resolve().then(() => fileOfCode(this.code)));
    if (!file) return;
    this.code = '';
    await this.take([file]);
  }
  /** Stores the work of a pupil as a run here, and opens it unless a run is active. @returns undefined when that failed */
  restore({ handIn }: Pupil): Promise<{ readonly run: RunRecord; readonly isOpen: boolean } | undefined> {
    return this.job.run(async (signal, report) => {
      const { restoreRun } = await import('../../app/restore-hand-in');
      const run = await restoreRun(handIn, this.#services, signal, report);
      return { run, isOpen: await openImported(this.#app, run) };
    });
  }
  clear(): void {
    this.job.cancel();
    this.#works = [];
    this.results = null;
    this.notes = [];
    this.opened = null;
  }
  /** As it is shown: by number where names are hidden. */
  nameOf({ id, name }: Pick<Pupil, 'id' | 'name'>): string {
    return this.withoutNames ? WORDS.pupils.number(Number(id.slice(1))) : name;
  }
  /** Who has a task of the class. */
  namesOf(id: TaskId): readonly string[] {
    const { pupils = [], tasks = [] } = this.results ?? {};
    const owners = tasks.find((task) => task.id === id)?.pupils ?? [];
    return pupils.filter((pupil) => owners.includes(pupil.id)).map((pupil) => this.nameOf(pupil));
  }
  saveTable(): void {
    if (this.results) this.saveFile(WORDS.csv.file, classTable(this.results.pupils));
  }
  saveFile(name: string, content: Blob): void {
    this.#services.saveFile(name, content);
  }

  async #compare(
    works: readonly PupilWork[],
    ...[signal, report]: Parameters<JobWork<ClassResults | null>>
  ): Promise<ClassResults | null> {
    if (works.length === 0) return null;
    const unicode = works.some(({ handIn }) => handIn.run.run.config.switches.similarityTokens === 'unicode');
    const mode: TokenMode = unicode ? 'unicode' : 'ascii';
    const tasks = classTasks(works);
    const { classComparer: comparer } = this.#services;
    const sum = new ClassFindingsSum(tasks);
    try {
      await comparer.clear(mode);
      await comparer.add(tasks);
      const machine = tasks.filter(({ origin }) => origin === 'machine');
      for (let at = 0; at < machine.length; at += BATCH) {
        signal.throwIfAborted();
        const texts = machine.slice(at, at + BATCH).map(({ instruction }) => instruction);
        for (const close of await comparer.neighbours(texts, CLOSE_SCORE)) sum.add(close);
        report({
          label: WORDS.progress.comparing,
          unit: 'rows',
          done: at + texts.length,
          total: machine.length,
        });
      }
    } finally {
      await comparer.clear(mode).catch(() => undefined);
    }
    const found = sum.value;
    const [pupils, ratings, lessons] = [pupilsOf(works, found), classRatings(works), await lessonsOf(works)];
    return { pupils, tasks, findings: found, ratings, lessons, mode };
  }
}

/** @returns what is to be told of it */
function addTo(works: PupilWork[], handIn: HandIn, file: string): string | null {
  const run = runKey(handIn.run.run);
  const at = works.findIndex(
    (work) => work.handIn.name === handIn.name && runKey(work.handIn.run.run) === run,
  );
  const same = works[at];
  if (!same) {
    works.push({ id: `p${works.length + 1}`, handIn });
    return null;
  }
  if (same.handIn.savedAt === handIn.savedAt) return WORDS.files.doubled(file, handIn.name);
  if (same.handIn.savedAt > handIn.savedAt) return WORDS.files.older(file, handIn.name);
  works[at] = { id: same.id, handIn };
  return WORDS.files.replaced(file, handIn.name);
}
