/** Writes weights in other forms; `workers/weights-client.ts` is what does it off the page. */
import type { Progress } from '../core/ports';
import type { BaseWeights } from '../weights/base-weights';
import type { GgufType } from '../weights/gguf-writer';
import type { MlcQuantisation } from '../weights/mlc-shards';

/** A model to be written. */
export interface LlamaFiles {
  /** Goes into files that carry one. */
  readonly name: string;
  readonly base: BaseWeights;
}
/** A format that weights can be written in. */
export type WeightsForm =
  /** One file, for llama.cpp. */
  | { readonly kind: 'gguf'; readonly precision: GgufType }
  /** The adapter alone, for llama.cpp beside its base. */
  | { readonly kind: 'gguf-adapter'; readonly alpha: number; readonly adapter: Blob }
  /** A folder that transformers loads. */
  | { readonly kind: 'hugging-face'; readonly precision: 'F16' | 'F32' }
  /** Shards for web-llm. */
  | { readonly kind: 'mlc'; readonly quantisation: MlcQuantisation };

/** Converts a model into files of another format. */
export interface WeightsWriter {
  /**
   * The files of a form, by their names.
   * @throws AppError bad-file, worker-crashed; AbortError
   */
  write(
    model: LlamaFiles,
    form: WeightsForm,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<ReadonlyMap<string, Blob>>;
}
