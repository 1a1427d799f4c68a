/** The realm where weights are written in other forms: for a large model much arithmetic, so it is done off the page. */
import { ADAPTER_GGUF_FILE, GGUF_FILE, TOKENIZER_FILE } from '../core/models/stored-model';
import type { LlamaFiles, WeightsForm } from '../models/weights-writer';
import { writeAdapterGguf } from '../weights/adapter-gguf';
import { openLlama } from '../weights/base-weights';
import type { ConversionWatch } from '../weights/conversion';
import { huggingFaceFiles } from '../weights/hugging-face-files';
import { writeLlamaGguf } from '../weights/llama-gguf';
import { writeMlcModel } from '../weights/mlc-shards';
import { serve } from './worker-errors';

/** The page stops this work by ending the worker. */
const never = new AbortController().signal;

async function write(
  { name, base }: LlamaFiles,
  form: WeightsForm,
  watch: ConversionWatch,
): Promise<ReadonlyMap<string, Blob>> {
  const { config, json, tokenizer, weights, entries } = await openLlama(base);
  if (form.kind === 'gguf-adapter') {
    return new Map([[ADAPTER_GGUF_FILE, await writeAdapterGguf(form.adapter, config, form.alpha)]]);
  }
  const tokenizerFile = 'gguf' in base ? new Blob([JSON.stringify(tokenizer.json)]) : base.tokenizer;
  if (form.kind === 'hugging-face') {
    return huggingFaceFiles({ config: json, weights, tokenizer: tokenizerFile }, form.precision, watch);
  }
  const model = { name, config, weights, entries };
  if (form.kind === 'mlc') {
    const files = await writeMlcModel(model, form.quantisation, watch);
    return new Map([...files, [TOKENIZER_FILE, tokenizerFile]]);
  }
  return new Map([[GGUF_FILE, await writeLlamaGguf(model, tokenizer, form.precision, watch)]]);
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
