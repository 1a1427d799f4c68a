/** What all screens share, in one context. `main.ts` makes it once from the services. */
import { type Component, createContext, untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Failure } from '../core/errors';
import type { RunId } from '../core/task';
import { count, percent } from '../ui/format';
import { Appearance } from './appearance.svelte';
import { ModelChoice } from './model-choice.svelte';
import type { Screen } from './address';
import { Classroom } from './classroom/classroom.svelte';
import { readTabLesson } from './lessons/tab-lesson';
import { Router } from './router.svelte';
import { PlanList } from './plan/plan-list.svelte';
import { RunList } from './run/run-list.svelte';
import { RunSession } from './run/run-session.svelte';
import { SeedLibrary } from './seed-library.svelte';
import type { PlaybackControls } from './playback-controls';
import type { Services } from './services';

/** What a feature tells of itself outside its own screen. */
export interface Badge {
  /** Beside the name of its screen in the rail; may be empty. */
  readonly label: string;
  /** Whether work is in progress. */
  readonly active: boolean;
}
/** A recording that is played: an app of its own, over data that nobody else sees. */
export interface Playing extends PlaybackControls {
  /** What the screens show; another one after going back in time. Reactive. */
  readonly app: AppState;
  /** Says that all of it is recorded, with the controls. */
  readonly Bar: Component<{
    readonly controls: PlaybackControls;
    readonly onclose: (next: 'start' | 'generate') => void;
  }>;
  /** Ends it and removes its data. */
  close(): void;
}
/**
 * Checks a recording and begins to play it.
 * @param file null for the one that comes with the app. @throws AppError bad-file, model-file-missing, those of the
 * storage; AbortError
 */
type Play = (file: File | null, signal: AbortSignal) => Promise<Playing>;
/** A feature's state that outlives its screen. */
type StateClass<T extends object> = new (app: AppState) => T;

export class AppState {
  readonly router = new Router();
  readonly appearance = new Appearance();
  /** The run that is open in this tab. */
  readonly session: RunSession;
  /** The newest stored runs. */
  readonly runs: RunList;
  /** Work over several screens, done here or stored. */
  readonly plans: PlanList;
  /** The model of the next run. */
  readonly choice: ModelChoice;
  /** The seed tasks of the next run. */
  readonly seeds: SeedLibrary;
  /** Words that are hidden in a classroom. */
  readonly classroom: Classroom;
  /** The recording that is shown in place of what is stored here; null: none. */
  playing = $state.raw<Playing | null>(null);
  /** The lesson beside the screens; null: none. */
  lesson = $state(readTabLesson());
  /** Why the database cannot be used: nothing but the way on from there is shown. */
  refused = $state.raw<Failure | null>(null);
  readonly #badges = new SvelteMap<Screen, () => Badge>();
  // Not reactive: an entry is made once and never changes.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #lasting = new Map<StateClass<object>, object>();

  /** @param play absent in a recording */
  constructor(
    readonly services: Services,
    readonly play?: Play,
  ) {
    this.session = new RunSession(services);
    this.runs = new RunList(services);
    this.plans = new PlanList(services);
    this.choice = new ModelChoice(services);
    this.seeds = new SeedLibrary(services);
    this.classroom = new Classroom(services.store);
    services.secondHome.watch(({ failure }) => {
      // Found while the app is used: a run that is active is not interrupted; it meets the fault itself, if at all.
      if (failure?.kind === 'storage-lost' && !this.session.active) this.refused = failure;
    });
    const badge = (label: string): Badge => ({ label, active: this.session.active });
    this.setBadge('generate', () => {
      const { progress, run } = this.session;
      return badge(progress && run ? percent(progress.kept, run.config.target) : '');
    });
    this.setBadge('pool', () => {
      const { progress, run } = this.session;
      return badge(progress && run ? count(run.seedSet.count + progress.kept) : '');
    });
  }

  /**
   * Opens the database and reads what most screens show: the newest runs and the seed sets; failures are in their
   * `failure`. Then tidies up.
   */
  async load(): Promise<void> {
    this.refused = await this.services.secondHome.open();
    if (this.refused) return;
    await Promise.all([
      this.runs.refresh(),
      this.plans.refresh(),
      this.seeds.load(),
      // A setting that cannot be read hides nothing.
      this.classroom.load().catch(() => undefined),
    ]);
    // What cannot be removed now is removed by a later start.
    await this.services.store.removeAbandoned().catch(() => undefined);
  }

  /**
   * The one instance of a feature's state class: made on first use and kept while the app lives, so that work goes on
   * while another screen is shown. Its effects and deriveds do not end with the component that asked first.
   */
  lasting<T extends object>(Class: StateClass<T>): T {
    const known = this.#lasting.get(Class);
    // The map holds an instance of its key.
    if (known) return known as T;
    let made!: T;
    $effect.root(() => {
      made = untrack(() => new Class(this));
    });
    this.#lasting.set(Class, made);
    return made;
  }

  /** @param read is called again whenever the state that it reads changes. */
  setBadge(screen: Screen, read: () => Badge): void {
    this.#badges.set(screen, read);
  }
  /** Undefined for a screen that has none, or whose state was not made yet. */
  badge(screen: Screen): Badge | undefined {
    return this.#badges.get(screen)?.();
  }

  /** The run that screens show: the open one, else the newest stored one. Null while a run is being prepared. */
  readonly shownRun: RunId | null = $derived.by(() => {
    const { run, active } = this.session;
    return run?.id ?? (active ? null : (this.runs.runs[0]?.run.id ?? null));
  });
  /** Opens the shown run and has it read, again whenever it is another one. For the script of a component. */
  followRun(show: (id: RunId) => Promise<void>): void {
    $effect(() => {
      const id = this.shownRun;
      if (id) void untrack(() => this.session.open(id).then(() => show(id)));
    });
    $effect(() => {
      // A run that was made since the list was read belongs in the choice.
      if (this.session.run || !this.session.active) void untrack(() => this.runs.refresh());
    });
  }
}

/** For components. State classes get the app in their constructor. */
export const [getApp, setApp] = createContext<AppState>();
