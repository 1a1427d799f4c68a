/** Examples of what the rules drop that drop most, and the changes of the next run that were taken over from them. */
import { DroppedInstances, hasFewInstances, mostRejected } from '../../../core/analysis/most-dropped';
import { type Remedy, reverseOf, withRemedy } from '../../../core/decisions/remedy';
import type { RunStore } from '../../../core/ports';
import type { RunProgress } from '../../../core/run';
import type { RunId } from '../../../core/task';
import { Pacer } from '../../../io/pacer';
import type { AppState } from '../../../app/app-state.svelte';
import { Job } from '../../../app/job.svelte';
import { RunSettings } from '../run-settings.svelte';

const SHOWN = 3;

/** A change that was taken over, and the one that undoes it. */
interface Taken {
  readonly remedy: Remedy;
  readonly reverse: Remedy;
}
const isSame = (a: Remedy, b: Remedy): boolean => JSON.stringify(a) === JSON.stringify(b);

export class WhyFew {
  /** Texts of candidates that the rule rejected. */
  candidates = $state.raw<readonly string[]>([]);
  instances = $state.raw<DroppedInstances['most']>(null);
  readonly job = new Job();
  #taken = $state.raw<readonly Taken[]>([]);
  /** Whose examples these are. */
  #run: RunId | null = null;
  readonly #store: RunStore;
  readonly #settings: RunSettings;

  constructor(app: AppState) {
    this.#store = app.services.store;
    this.#settings = app.lasting(RunSettings);
  }

  /** Reads the examples of a run. A newer call cancels an older one. */
  async read(run: RunId, progress: RunProgress): Promise<void> {
    if (run !== this.#run) {
      this.#run = run;
      this.candidates = [];
      this.instances = null;
    }
    const most = mostRejected(progress);
    const few = hasFewInstances(progress);
    await this.job.replace(async (signal) => {
      const pacer = new Pacer(signal);
      const texts: string[] = [];
      if (most) {
        for await (const page of this.#store.scanCandidates(run)) {
          for (const { verdict, text } of page) {
            if (verdict === most.reason && texts.length < SHOWN) texts.push(text);
          }
          if (texts.length === SHOWN) break;
          await pacer.breathe();
        }
      }
      const dropped = new DroppedInstances(SHOWN);
      if (few) {
        for await (const page of this.#store.scanTasks(run)) {
          for (const task of page) dropped.add(task);
          await pacer.breathe();
        }
      }
      signal.throwIfAborted();
      this.candidates = texts;
      this.instances = dropped.most;
    });
  }
  /** Whether the next run has this change because it was taken over here: a later edit of the same value ends that. */
  isTaken(remedy: Remedy): boolean {
    return this.#takenOf(remedy) !== undefined && isSame(reverseOf(remedy, this.#settings.config), remedy);
  }
  take(remedy: Remedy): void {
    const { config } = this.#settings;
    const others = this.#taken.filter((one) => !isSame(one.remedy, remedy));
    this.#taken = [...others, { remedy, reverse: reverseOf(remedy, config) }];
    this.#settings.change(withRemedy(config, remedy));
  }
  /** Undoes this change alone: what was edited since stays. */
  undo(remedy: Remedy): void {
    const taken = this.#takenOf(remedy);
    if (!taken) return;
    this.#taken = this.#taken.filter((one) => one !== taken);
    this.#settings.change(withRemedy(this.#settings.config, taken.reverse));
  }
  #takenOf(remedy: Remedy): Taken | undefined {
    return this.#taken.find((one) => isSame(one.remedy, remedy));
  }
}
