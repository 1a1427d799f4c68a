/** Where the shown run stands among the steps of the method, as far as it is stored. */
import { nextScreen, type RunStanding } from '../../core/method-steps';
import type { RunProgress, RunRecord } from '../../core/run';
import type { RunId } from '../../core/task';
import type { AppState } from '../app-state.svelte';
import { WORDS } from '../words';

export class ShownStanding {
  /** The run that is shown; null when there is none. */
  readonly shown: { readonly run: RunRecord; readonly progress: RunProgress } | null = $derived.by(() => {
    const { session, runs, shownRun } = this.#app;
    const { run, progress } = session;
    if (run && progress && run.id === shownRun) return { run, progress };
    return runs.runs.find((summary) => summary.run.id === shownRun) ?? null;
  });
  /** What came after it was written. */
  #later = $state.raw<Omit<RunStanding, 'written'> | null>(null);
  /** Null when there is no run. */
  readonly now: RunStanding | null = $derived.by(() => {
    if (!this.shown) return null;
    const { run, progress } = this.shown;
    const written = progress.finished || run.source === 'imported';
    const none = { judged: false, finetuned: false, evaluated: false };
    return { written, ...(this.#later ?? none) };
  });
  readonly next = $derived(nextScreen(this.now));
  /** The way to the next screen, for the main button of a screen. */
  readonly way = $derived({
    label: WORDS.navigation.goNext(this.next),
    onclick: (): void => this.#app.router.go(this.next),
  });
  readonly #app: AppState;
  #reading = 0;

  constructor(app: AppState) {
    this.#app = app;
    const { store, trainings, evaluations } = app.services;
    $effect(() => void this.#read(app.shownRun));
    const again = (): void => void this.#read(app.shownRun);
    store.watch(({ kind }) => {
      if (kind === 'ratings') again();
    });
    trainings.watch(again);
    evaluations.watch(({ kind }) => {
      if (kind !== 'answered') again();
    });
  }

  async #read(run: RunId | null): Promise<void> {
    const reading = ++this.#reading;
    // What cannot be read is told by the screens that need it: here it counts as not done.
    const later = run === null ? null : await laterSteps(this.#app, run).catch(() => null);
    if (reading === this.#reading) this.#later = later;
  }
}

async function laterSteps(
  { services: { store, trainings, evaluations } }: Pick<AppState, 'services'>,
  run: RunId,
): Promise<Omit<RunStanding, 'written'>> {
  const [rated, trained, evaluated] = await Promise.all([
    store.scanRatings(run)[Symbol.asyncIterator]().next(),
    trainings.list(),
    evaluations.list(),
  ]);
  const made = new Set(
    trained
      .filter(({ data, modelId }) => data.runId === run && modelId !== null)
      .map(({ modelId }) => modelId),
  );
  return {
    judged: rated.done !== true && rated.value.length > 0,
    finetuned: made.size > 0,
    evaluated: evaluated.some(({ models }) =>
      models.some(({ modelId, finished }) => finished && made.has(modelId)),
    ),
  };
}
