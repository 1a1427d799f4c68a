/** Saves a finished run as a recording. */
import { RECORDING_SUFFIX } from '../../core/recording/recording';
import type { RunSummary } from '../../core/ports';
import type { AppState } from '../../app/app-state.svelte';
import { Job } from '../../app/job.svelte';
import { writeRecording } from '../../export/recording';

/** `run-1.recording` */
const recordingName = ({ run }: RunSummary): string => `run-${run.number}${RECORDING_SUFFIX}`;

export class RecordingSave {
  readonly job = new Job();
  saved = $state.raw<{ readonly name: string; readonly bytes: number } | null>(null);
  readonly #services: AppState['services'];

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
  }

  async save(summary: RunSummary): Promise<void> {
    this.saved = null;
    const file = await this.job.run((signal) => writeRecording(summary, this.#services, signal));
    if (!file) return;
    const name = recordingName(summary);
    this.#services.saveFile(name, file);
    this.saved = { name, bytes: file.size };
  }
}
