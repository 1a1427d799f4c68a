/** A model with what an adapter learned added to its matrices: W + alpha / rank * B A, computed when a tensor is read. */
import type { LlamaWeights, StoredNumbers } from './llama-weights';
import { readSafetensors, type SafetensorsFile } from './safetensors';

/** An adapter as PEFT stores it, and alpha / rank. */
export interface AdapterFile {
  readonly file: Blob;
  readonly scale: number;
}

export class MergedWeights implements LlamaWeights {
  private constructor(
    private readonly base: LlamaWeights,
    private readonly adapter: SafetensorsFile,
    private readonly scale: number,
  ) {}

  /** @throws AppError bad-file when the adapter is damaged */
  static async open(base: LlamaWeights, { file, scale }: AdapterFile): Promise<MergedWeights> {
    return new MergedWeights(base, await readSafetensors(file), scale);
  }

  names(): Iterable<string> {
    return this.base.names();
  }

  shape(name: string): readonly number[] {
    return this.base.shape(name);
  }

  async readTensor(name: string): Promise<Float32Array<ArrayBuffer>> {
    const values = await this.base.readTensor(name);
    const [down, up] = [sideOf(name, 'A'), sideOf(name, 'B')];
    if (!this.adapter.tensors.has(down)) return values;
    const [rank = 0, inner = 0] = this.adapter.tensor(down).shape;
    const a = await this.adapter.readTensor(down);
    const b = await this.adapter.readTensor(up);
    for (let row = 0; row * inner < values.length; row++) {
      for (let r = 0; r < rank; r++) {
        const factor = this.scale * (b[row * rank + r] as number);
        for (let i = 0; i < inner; i++) {
          values[row * inner + i] =
            (values[row * inner + i] as number) + factor * (a[r * inner + i] as number);
        }
      }
    }
    return values;
  }

  async readStored(name: string): Promise<StoredNumbers> {
    if (!this.adapter.tensors.has(sideOf(name, 'A'))) return this.base.readStored(name);
    return { type: 'F32', bytes: new Uint8Array((await this.readTensor(name)).buffer) };
  }
}

/** PEFT's name of one side of what is learned beside a matrix. */
const sideOf = (name: string, side: 'A' | 'B'): string =>
  `base_model.model.${name.replace(/\.weight$/u, '')}.lora_${side}.weight`;
