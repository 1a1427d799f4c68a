/** A model with its adapters merged in, as one GGUF file: what an engine gets that loads no adapters. */
import { type GgufFile, openLlama } from './base-weights';
import type { ConversionWatch } from './conversion';
import { writeLlamaGguf } from './llama-gguf';

/** The file itself when there are no adapters; else another in Q8_0. @throws AppError bad-file; AbortError */
export async function mergedGguf(file: GgufFile, watch: ConversionWatch): Promise<Blob> {
  if (!file.adapters?.length) return file.gguf;
  const { config, weights, tokenizer, entries } = await openLlama(file);
  return writeLlamaGguf({ name: '', config, weights, entries }, tokenizer, 'Q8_0', watch);
}
