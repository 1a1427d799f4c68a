/** The files of a model that can be trained or converted, and how they are opened: as the hub lays them out, or a GGUF. */
import { CONFIG_FILE } from '../core/models/stored-model';
import { GgufLlama } from './gguf-llama';
import type { RawEntries } from './gguf-writer';
import { readJson } from './json-file';
import { checkLlamaWeights, type LlamaConfig, readLlamaConfig } from './llama-config';
import type { LlamaWeights } from './llama-weights';
import { readSafetensors } from './safetensors';
import { type AdapterFile, MergedWeights } from './merged-weights';
import { checkTokenizer, checkVocabulary, readTokenizer, type TokenizerFile } from './tokenizer-file';

/** A model in the Hugging Face layout: config.json, model.safetensors (F32, F16 or BF16), tokenizer.json. */
export interface HubFiles {
  readonly config: Blob;
  readonly weights: Blob;
  readonly tokenizer: Blob;
}
/** A model as one GGUF file, quantised or not. */
export interface GgufFile {
  readonly gguf: Blob;
  /** What was learned on it, one after the other. */
  readonly adapters?: readonly AdapterFile[];
}
/** Either form. */
export type BaseWeights = HubFiles | GgufFile;

/** A model whose headers were read and checked. */
export interface OpenLlama {
  readonly config: LlamaConfig;
  /** The content of its config.json. */
  readonly json: object;
  readonly tokenizer: TokenizerFile;
  readonly weights: LlamaWeights;
  /** The header's entries of a GGUF file; null for the hub's layout. */
  readonly entries: RawEntries | null;
}

/** @throws AppError bad-file when files are damaged or do not fit together, or the model is of another kind */
export async function openLlama(base: BaseWeights): Promise<OpenLlama> {
  if ('gguf' in base) {
    const llama = await GgufLlama.open(base.gguf);
    const tokenizer = checkTokenizer(llama.tokenizer);
    checkVocabulary(tokenizer, llama.config);
    const weights = await withAdapters(llama, base.adapters);
    return { config: llama.config, json: llama.json, tokenizer, weights, entries: llama.entries };
  }
  const json = await readJson(base.config, CONFIG_FILE);
  const config = readLlamaConfig(json);
  const tokenizer = await readTokenizer(base.tokenizer);
  checkVocabulary(tokenizer, config);
  const weights = await readSafetensors(base.weights);
  checkLlamaWeights(config, weights);
  return { config, json: json as object, tokenizer, weights, entries: null };
}

/** The numbers of a model with what adapters learned merged in. @throws AppError bad-file when one is damaged */
export async function withAdapters(
  base: LlamaWeights,
  adapters: readonly AdapterFile[] = [],
): Promise<LlamaWeights> {
  let weights = base;
  for (const adapter of adapters) weights = await MergedWeights.open(weights, adapter);
  return weights;
}
