/** The numbers of a Llama, wherever they come from: tensors by the names and in the layout of the Hugging Face hub. */
import type { NumberType } from './number-types';

/** A tensor as it is stored, row by row. */
export interface StoredNumbers {
  readonly type: NumberType;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads tensors of a Llama one by one. */
export interface LlamaWeights {
  names(): Iterable<string>;
  /** Rows first. @throws AppError bad-file when there is no such tensor */
  shape(name: string): readonly number[];
  /** One tensor as 32-bit floats. @throws AppError bad-file */
  readTensor(name: string): Promise<Float32Array<ArrayBuffer>>;
  /** The same in the type of the file, where the trainer knows it; else as F32. @throws AppError bad-file */
  readStored(name: string): Promise<StoredNumbers>;
}
