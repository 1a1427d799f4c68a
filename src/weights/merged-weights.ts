/**
 * A model with what an adapter learned added to its matrices: W + alpha / rank * B A, in 32-bit floats, computed when a
 * tensor is read. Where the base stores a matrix in fewer bits, the merged one is stored as Q8_0: whoever loads base and
 * adapter gets the bits of the merged file.
 */
import { badFile } from './bad-file';
import type { LlamaWeights, StoredNumbers } from './llama-weights';
import { narrowToQ8, widen } from './number-types';
import { readSafetensors, type SafetensorsFile } from './safetensors';
import { WORDS } from './words';

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

  /** @throws AppError bad-file when the adapter is damaged or belongs on another model */
  static async open(base: LlamaWeights, { file, scale }: AdapterFile): Promise<MergedWeights> {
    const adapter = await readSafetensors(file);
    checkAdapter(base, adapter);
    return new MergedWeights(base, adapter, scale);
  }

  names(): Iterable<string> {
    return this.base.names();
  }

  shape(name: string): readonly number[] {
    return this.base.shape(name);
  }

  async readTensor(name: string): Promise<Float32Array<ArrayBuffer>> {
    const values = await this.base.readTensor(name);
    return this.#isLearned(name) ? this.#merged(name, values) : values;
  }

  async readStored(name: string): Promise<StoredNumbers> {
    const stored = await this.base.readStored(name);
    if (!this.#isLearned(name)) return stored;
    const values = await this.#merged(name, widen(stored.type, stored.bytes));
    return stored.type === 'F32' || stored.type === 'F16'
      ? { type: 'F32', bytes: new Uint8Array(values.buffer) }
      : { type: 'Q8_0', bytes: narrowToQ8(values, name) };
  }

  #isLearned(name: string): boolean {
    return this.adapter.tensors.has(sideOf(name, 'A'));
  }

  async #merged(name: string, values: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    const [down, up] = [sideOf(name, 'A'), sideOf(name, 'B')];
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
}

function checkAdapter(base: LlamaWeights, adapter: SafetensorsFile): void {
  const left = new Set(adapter.names());
  for (const name of base.names()) {
    const [down, up] = [sideOf(name, 'A'), sideOf(name, 'B')];
    if (!left.has(down) && !left.has(up)) continue;
    const [a, b] = [adapter.shape(down), adapter.shape(up)];
    if ([b[0], a[1]].join() !== base.shape(name).join() || a[0] !== b[1] || a.length + b.length !== 4) {
      throw badFile(WORDS.adapter.otherShape(name));
    }
    left.delete(down);
    left.delete(up);
  }
  for (const name of left) throw badFile(WORDS.adapter.foreign(name));
}

/** PEFT's name of one side of what is learned beside a matrix. */
const sideOf = (name: string, side: 'A' | 'B'): string =>
  `base_model.model.${name.replace(/\.weight$/u, '')}.lora_${side}.weight`;
