/** Where models come from: the app itself, this device's store, a server. The host opens one at a time. */
import type { ModelInfo } from '../core/models/stored-model';
import type { LanguageModel, Progress } from '../core/ports';

/** A model that was opened; `dispose` frees what it holds and ends its requests. */
export interface OpenModel extends LanguageModel {
  dispose(): void;
}

export interface ModelSource {
  /** @throws AppError when the source itself cannot be read */
  list(): Promise<readonly ModelInfo[]>;
  /**
   * Reads one model without the others.
   * @param id of a model, or `BUILT_IN`. @returns null when it names none of this source
   * @throws AppError when the source itself cannot be read
   */
  find(id: string): Promise<ModelInfo | null>;
  /** @param model as this source gives it. @throws AppError; AbortError when stopped, with nothing left open */
  open(model: ModelInfo, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<OpenModel>;
}
