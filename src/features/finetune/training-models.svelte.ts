/** Stored trainings and their models: compared, renamed, exported, deleted. */
import type { StoredModel } from '../../core/models/stored-model';
import type { TrainingRecord } from '../../core/training/training';
import type { Services } from '../../app/services';
import { asWriter } from '../../app/writer-locks';
import type { MlcFormatId, WeightsFormatId } from './model-export';
import { Job } from '../../app/job.svelte';

export interface FinetunedModel {
  readonly record: TrainingRecord;
  /** Null while it is not finished, and when its files were deleted elsewhere. */
  readonly model: StoredModel | null;
}

export class TrainingModels {
  all = $state.raw<readonly FinetunedModel[]>([]);
  /** Stored models whose library could run others of the same shape. */
  libraries = $state.raw<readonly StoredModel[]>([]);
  readonly job = new Job();
  saved = $state.raw<{ readonly name: string; readonly bytes: number } | null>(null);
  #looking = 0;

  constructor(private readonly services: Services) {
    services.trainings.watch(() => void this.refresh());
    services.modelStore.watch(() => void this.refresh());
  }

  /** What is neither finished nor open in this tab. */
  get interrupted(): readonly TrainingRecord[] {
    return this.all.map(({ record }) => record).filter(({ status }) => status !== 'finished');
  }

  async refresh(): Promise<void> {
    const look = ++this.#looking;
    await this.job.attempt(async () => {
      const [records, models] = await Promise.all([
        this.services.trainings.list(),
        this.services.modelStore.list(),
      ]);
      if (look !== this.#looking) return;
      this.all = records.map((record) => ({
        record,
        model: models.find(({ id }) => id === record.modelId) ?? null,
      }));
      this.libraries = models.filter(({ engine }) => engine === 'web-llm');
    });
  }

  async rename({ record, model }: FinetunedModel, name: string): Promise<void> {
    const chosen = name.trim();
    if (chosen === '' || chosen === record.name) return;
    await this.#change(async () => {
      await this.services.trainings.change(record.id, (now) => ({ ...now, name: chosen }));
      if (model) await this.services.modelStore.rename(model.id, chosen);
    });
  }

  /** Removes the model with its files first: what a killed tab leaves can be deleted again. */
  async remove({ record }: FinetunedModel): Promise<void> {
    await this.#change(async () => {
      const { locks, modelStore, trainings } = this.services;
      await asWriter(locks, 'training', record.id, async () => {
        if (record.modelId !== null) await modelStore.delete(record.modelId);
        await trainings.delete(record.id);
      });
    });
  }

  /** Writes a model in one format and hands the file to the user. */
  async save(model: StoredModel, record: TrainingRecord, format: WeightsFormatId): Promise<void> {
    await this.job.run(async (signal, report) => {
      this.saved = null;
      const { writeWeights } = await import('./model-export');
      const file = await writeWeights(this.services, model, record, format, signal, report);
      signal.throwIfAborted();
      this.services.saveFile(file.name, file.content);
      this.saved = { name: file.name, bytes: file.content.size };
    });
  }
  /** Installs a model for web-llm, beside the library of a stored one. */
  async install(
    model: StoredModel,
    record: TrainingRecord,
    library: StoredModel,
    format: MlcFormatId,
  ): Promise<void> {
    await this.job.run(async (signal, report) => {
      this.saved = null;
      const { installForWebLlm } = await import('./model-export');
      const { name, bytes } = await installForWebLlm(
        ...([this.services, model, record, library, format, signal, report] as const),
      );
      this.saved = { name, bytes: bytes ?? 0 };
    });
  }

  async #change(work: () => Promise<void>): Promise<void> {
    this.job.failure = null;
    await this.job.attempt(work);
    await this.refresh();
  }
}
