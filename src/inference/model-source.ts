/** Where models come from: the app itself, this device's store, a server. The host asks all sources. */
import type { ModelInfo } from '../core/models/stored-model';
import type { LanguageModel, Progress } from '../core/ports';

/** A model that was opened; `dispose` frees what it holds and ends its requests. */
export interface OpenModel extends LanguageModel {
  dispose(): void;
}

export interface ModelSource {
  /** @throws AppError when the source itself cannot be read */
  list(): Promise<readonly ModelInfo[]>;
  /** @param model from this source's list. @throws AppError; AbortError when stopped, with nothing left open */
  open(model: ModelInfo, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<OpenModel>;
}
