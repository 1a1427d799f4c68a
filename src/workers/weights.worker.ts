/** The realm where weights are written in other forms: for a large model much arithmetic, so it is done off the page. */
import { CONFIG_FILE, GGUF_FILE, TOKENIZER_FILE } from '../core/models/stored-model';
import type { LlamaFiles, WeightsForm } from '../models/weights-writer';
import type { ConversionWatch } from '../weights/conversion';
import { huggingFaceFiles } from '../weights/hugging-face-files';
import { readJson } from '../weights/json-file';
import { readLlamaConfig } from '../weights/llama-config';
import { writeLlamaGguf } from '../weights/llama-gguf';
import { writeMlcModel } from '../weights/mlc-shards';
import { readSafetensors } from '../weights/safetensors';
import { readTokenizer } from '../weights/tokenizer-file';
import { serve } from './worker-errors';

/** The page stops this work by ending the worker. */
const never = new AbortController().signal;

async function write(
  { name, config, weights, tokenizer }: LlamaFiles,
  form: WeightsForm,
  watch: ConversionWatch,
): Promise<ReadonlyMap<string, Blob>> {
  const parsed = await readJson(config, CONFIG_FILE);
  const tensors = await readSafetensors(weights);
  if (form.kind === 'hugging-face') {
    return huggingFaceFiles({ config: parsed, weights: tensors, tokenizer }, form.precision, watch);
  }
  const model = { name, config: readLlamaConfig(parsed), weights: tensors };
  if (form.kind === 'mlc') {
    const files = await writeMlcModel(model, form.quantisation, watch);
    return new Map([...files, [TOKENIZER_FILE, tokenizer]]);
  }
  const gguf = await writeLlamaGguf(model, await readTokenizer(tokenizer), form.precision, watch);
  return new Map([[GGUF_FILE, gguf]]);
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
