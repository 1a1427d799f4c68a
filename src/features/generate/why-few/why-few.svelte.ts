/** Examples of what the rule drops that drops most, and the change of the next run that was taken over from it. */
import { DroppedInstances, hasFewInstances, mostRejected } from '../../../core/analysis/most-dropped';
import { type Remedy, withRemedy } from '../../../core/decisions/remedy';
import type { RunProgress, RunConfig } from '../../../core/run';
import type { RunId } from '../../../core/task';
import { Pacer } from '../../../io/pacer';
import type { AppState } from '../../../app/app-state.svelte';
import { Job } from '../../../app/job.svelte';
import type { RunSettings } from '../run-settings.svelte';

const SHOWN = 3;

export class WhyFew {
  /** Texts of candidates that the rule rejected. */
  candidates = $state.raw<readonly string[]>([]);
  instances = $state.raw<DroppedInstances['most']>(null);
  /** The settings of the next run before they were changed here; null when they were not. */
  before = $state.raw<RunConfig | null>(null);
  readonly job = new Job();

  constructor(
    private readonly services: Pick<AppState['services'], 'store'>,
    private readonly settings: RunSettings,
  ) {}

  /** Reads the examples of a run. A newer call cancels an older one. */
  async read(run: RunId, progress: RunProgress): Promise<void> {
    const { store } = this.services;
    const most = mostRejected(progress);
    const few = hasFewInstances(progress);
    await this.job.replace(async (signal) => {
      const pacer = new Pacer(signal);
      const texts: string[] = [];
      if (most) {
        for await (const page of store.scanCandidates(run)) {
          for (const { verdict, text } of page) {
            if (verdict === most.reason && texts.length < SHOWN) texts.push(text);
          }
          if (texts.length === SHOWN) break;
          await pacer.breathe();
        }
      }
      const dropped = new DroppedInstances(SHOWN);
      if (few) {
        for await (const page of store.scanTasks(run)) {
          for (const task of page) dropped.add(task);
          await pacer.breathe();
        }
      }
      signal.throwIfAborted();
      this.candidates = texts;
      this.instances = dropped.most;
    });
  }
  use(remedy: Remedy): void {
    this.before ??= this.settings.config;
    this.settings.change(withRemedy(this.settings.config, remedy));
  }
  undo(): void {
    if (this.before) this.settings.change(this.before);
    this.before = null;
  }
}
