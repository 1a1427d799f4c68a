/** A list of changes of texts: which of them are chosen, and writing those. */
import { SvelteSet } from 'svelte/reactivity';
import type { Progress } from '../../core/ports';
import { type Change, textAt, withChanges } from '../../core/review/replace';
import { type BulkStep, editableOf } from '../../core/review/task-edits';
import type { RunId, TaskId } from '../../core/task';
import { underRunLock } from '../../app/run/run-lock';
import type { RunSession } from '../../app/run/run-session.svelte';
import type { Services } from '../../app/services';
import { differs, draftProblem, withDraft } from '../../shared/tasks/task-edit';
import { WORDS } from './words';

export const CHANGES_A_PAGE = 25;

interface WrittenChanges {
  /** Undoes them; null when nothing was changed. */
  readonly step: BulkStep | null;
  readonly tasks: number;
  /** Changes that stay unwritten: of texts that say something else by now, and of tasks that could not be saved so. */
  readonly stale: number;
  readonly refused: number;
}

export class ReviewChanges<One extends Change> {
  /** Null before there was a search. */
  all = $state.raw<readonly One[] | null>(null);
  /** The run that they were found in: the one that is open may be another by now. */
  runId = $state.raw<RunId | null>(null);
  /** Changes that are left out. */
  readonly excluded = new SvelteSet<string>();
  page = $state(0);

  /** Why a change cannot be made; null when it can. */
  problemOf({ field, after }: Change): string | null {
    return field !== 'input' && after.trim() === '' ? WORDS.replace.empty(field) : null;
  }
  /** The changes that will be written. */
  readonly picked = $derived.by((): readonly One[] => {
    const { all, excluded } = this;
    const possible = (all ?? []).filter((change) => this.problemOf(change) === null);
    return excluded.size === 0 ? possible : possible.filter(({ id }) => !excluded.has(id));
  });
  toggle(id: string): void {
    if (!this.excluded.delete(id)) this.excluded.add(id);
  }
  excludeAll(all: boolean): void {
    this.excluded.clear();
    if (all) for (const { id } of this.all ?? []) this.excluded.add(id);
  }
  clear(): void {
    this.all = null;
    this.runId = null;
    this.excluded.clear();
    this.page = 0;
  }

  /**
   * Writes what is picked, all or none, and keeps the rest. Texts that were changed since they were read stay.
   * @param label of the step that undoes it @throws AppError as RunStore, run-open-elsewhere
   */
  async write(
    services: Services,
    session: RunSession,
    runId: RunId,
    label: (tasks: number) => string,
    report: (progress: Progress) => void,
  ): Promise<WrittenChanges> {
    /* eslint-disable svelte/prefer-svelte-reactivity -- read here alone */
    const edited = new Set<TaskId>();
    const written = new Set<string>();
    const refused = new Set<string>();
    /* eslint-enable svelte/prefer-svelte-reactivity */
    const { picked } = this;
    const changes = Map.groupBy(picked, ({ taskId }) => taskId);
    const step = await underRunLock(services, session, runId, () =>
      services.store.changeTasks(
        runId,
        [...changes.keys()],
        (task) => {
          const { instruction, isClassification, instances } = editableOf(task).content;
          const before = { instruction, instances: instances ?? [] };
          const own = (changes.get(task.id) ?? []).filter(
            (change) => textAt(before, change) === change.before,
          );
          const texts = withChanges(before, own);
          const next = { ...texts, isClassification, instances: instances && texts.instances };
          if (!differs(task, next)) return null;
          const possible = draftProblem(next) === null;
          for (const { id } of own) (possible ? written : refused).add(id);
          if (!possible) return null;
          edited.add(task.id);
          return withDraft(task, next);
        },
        (done) => report({ label: WORDS.replace.writing, unit: 'rows', done, total: changes.size }),
        { label },
      ),
    );
    // Another run may be open by now, and what was found in this one gone.
    if (this.runId === runId) {
      this.all = this.all?.filter(({ id }) => !written.has(id)) ?? null;
      this.page = 0;
    }
    const stale = picked.filter(({ id }) => !written.has(id) && !refused.has(id)).length;
    return { step, tasks: edited.size, stale, refused: refused.size };
  }
}
