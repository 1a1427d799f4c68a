/** The realm where weights are written in other forms: for a large model much arithmetic, so it is done off the page. */
import { AppError } from '../core/errors';
import { CONFIG_FILE, GGUF_FILE, TOKENIZER_FILE } from '../core/models/stored-model';
import type { LlamaFiles, WeightsForm } from '../models/weights-writer';
import type { ConversionWatch } from '../weights/conversion';
import { huggingFaceFiles } from '../weights/hugging-face-files';
import { readLlamaConfig } from '../weights/llama-config';
import { writeLlamaGguf } from '../weights/llama-gguf';
import { writeMlcModel } from '../weights/mlc-shards';
import { readSafetensors } from '../weights/safetensors';
import { serve } from './worker-errors';

/** The page stops this work by ending the worker. */
const never = new AbortController().signal;
async function json(file: Blob, name: string): Promise<unknown> {
  try {
    return JSON.parse(await file.text()) as unknown;
  } catch (error) {
    throw new AppError({ kind: 'bad-file', detail: `“${name}” is no JSON.` }, { cause: error });
  }
}

async function write(
  { name, config, weights, tokenizer }: LlamaFiles,
  form: WeightsForm,
  watch: ConversionWatch,
): Promise<ReadonlyMap<string, Blob>> {
  const parsed = await json(config, CONFIG_FILE);
  const tensors = await readSafetensors(weights);
  if (form.kind === 'hugging-face') {
    return huggingFaceFiles({ config: parsed, weights: tensors, tokenizer }, form.precision, watch);
  }
  const model = { name, config: readLlamaConfig(parsed), weights: tensors };
  if (form.kind === 'mlc') {
    const files = await writeMlcModel(model, form.quantisation, null, watch);
    return new Map([...files, ['tokenizer.json', tokenizer]]);
  }
  const words = { json: await json(tokenizer, TOKENIZER_FILE), chatTemplate: null };
  return new Map([[GGUF_FILE, await writeLlamaGguf(model, words, form.precision, watch)]]);
}

const api = {
  write(
    model: LlamaFiles,
    form: WeightsForm,
    onProgress: (done: number, total: number) => void,
  ): Promise<ReadonlyMap<string, Blob>> {
    return write(model, form, { signal: never, onProgress });
  },
};
export type WeightsWorkerApi = typeof api;
serve(api);
