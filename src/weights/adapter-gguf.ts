/**
 * A LoRA adapter as GGUF, which llama.cpp loads beside the base model (`--lora`): F32, named as the base's tensors with
 * `.lora_a` and `.lora_b`. Source: convert_lora_to_gguf.py of llama.cpp.
 */
import { interleavedRows } from './conversion';
import { GGUF_ALIGNMENT, type GgufTensorToWrite, writeGguf } from './gguf-writer';
import type { LlamaConfig } from './llama-config';
import { ggufName, isRotated } from './llama-gguf';
import { readSafetensors } from './safetensors';

/** `base_model.model.NAME.lora_A.weight`, as PEFT names them. */
const SIDE = /^base_model\.model\.(?<matrix>.+)\.lora_(?<side>[AB])\.weight$/u;

/**
 * @param adapter as PEFT stores it
 * @throws AppError bad-file when it is damaged
 */
export async function writeAdapterGguf(adapter: Blob, config: LlamaConfig, alpha: number): Promise<Blob> {
  const file = await readSafetensors(adapter);
  const tensors: GgufTensorToWrite[] = [];
  for (const [name, { shape }] of file.tensors) {
    const { matrix = '', side = '' } = SIDE.exec(name)?.groups ?? {};
    const weight = `${matrix}.weight`;
    const values = new Uint8Array((await file.readTensor(name)).buffer);
    const rows = shape[0] ?? 0;
    // Rows of queries and keys have llama.cpp's order in the base; what is added to them must have it too.
    const bytes = side === 'B' && isRotated(weight) ? interleavedRows(values, rows, config.headSize) : values;
    tensors.push({
      name: `${ggufName(weight) ?? weight}.lora_${side.toLowerCase()}`,
      shape,
      dtype: 'F32',
      bytes,
    });
  }
  return writeGguf(
    [
      { key: 'general.architecture', type: 'string', value: 'llama' },
      { key: 'general.type', type: 'string', value: 'adapter' },
      { key: 'general.file_type', type: 'u32', value: 0 },
      { key: 'general.alignment', type: 'u32', value: GGUF_ALIGNMENT },
      { key: 'adapter.type', type: 'string', value: 'lora' },
      { key: 'adapter.lora.alpha', type: 'f32', value: alpha },
    ],
    tensors,
  );
}
