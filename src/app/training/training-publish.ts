/** From a trained model to a stored one: all its files are staged, then it appears at once. */
import {
  CONFIG_FILE,
  GGUF_FILE,
  type StoredModel,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from '../../core/models/stored-model';
import type { Progress } from '../../core/ports';
import type { TrainingMethod, TrainingRecord } from '../../core/training/training';
import { type ModelFile, storeFiles } from '../../models/store-files';
import type { TrainedModel } from '../../trainer/trainer';
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, adapterConfig } from '../../weights/adapter';
import type { AdapterFile } from '../../weights/merged-weights';
import type { Services } from '../services';
import type { OpenBase } from './base-models';
import { WORDS } from './words';

/** Up to this size llama.cpp gets F32 and continues exactly as the trainer does; F16 would round near-ties the other way. */
const EXACT_BYTES = 64_000_000;

/** What an adapter adds, with its factor. @throws Error when there is none */
export function learnedOn(adapter: Blob | null, method: TrainingMethod): AdapterFile {
  if (!adapter || method.kind !== 'lora') throw new Error('no adapter was trained');
  return { file: adapter, scale: method.alpha / method.rank };
}

/**
 * The same training gives the same model id: what a killed tab left is written again, not beside it.
 * @throws AppError storage-full, bad-file, worker-crashed; AbortError
 */
export async function publishModel(
  { modelStore, weightsWriter, now }: Pick<Services, 'modelStore' | 'weightsWriter' | 'now'>,
  record: TrainingRecord,
  base: OpenBase,
  trained: TrainedModel,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const { config, weights, tokenizer, adapter } = trained;
  const id = `finetuned-${record.id}`;
  const { method } = record.config;
  const [llama, precision] = weights
    ? ([{ base: { config, weights, tokenizer } }, weights.size <= EXACT_BYTES ? 'F32' : 'F16'] as const)
    : ([{ base: base.weights, adapter: learnedOn(adapter, method) }, 'Q8_0'] as const);
  const form = { kind: 'gguf', precision } as const;
  const forms = await weightsWriter.write({ name: record.name, ...llama }, form, signal, onProgress);
  const gguf = forms.get(GGUF_FILE);
  if (!gguf) throw new Error('no GGUF was written');
  const files: ModelFile[] = [
    { name: CONFIG_FILE, content: config },
    { name: TOKENIZER_FILE, content: tokenizer },
    ...(weights ? [{ name: WEIGHTS_FILE, content: weights }] : []),
    { name: GGUF_FILE, content: gguf },
  ];
  if (adapter && method.kind === 'lora') {
    files.push({
      name: ADAPTER_CONFIG_FILE,
      content: new Blob([adapterConfig(method, base.model.name, base.config.layers)]),
    });
    files.push({ name: ADAPTER_WEIGHTS_FILE, content: adapter });
  }
  return storeFiles(
    await modelStore.stage(id),
    files,
    (written) => ({
      id,
      name: record.name,
      engine: 'llama.cpp',
      origin: 'finetuned',
      // Whatever the base was, it was trained to continue the paper's layouts.
      style: 'base',
      bytes: gguf.size,
      contextLength: base.config.contextLength,
      licence: base.model.licence,
      // What llama.cpp runs is what a run names.
      hash: written.find(({ name }) => name === GGUF_FILE)?.sha256 ?? '',
      source: WORDS.names.source(base.model.name, record.data.name),
      storedAt: now(),
      parent: { modelId: base.model.id, trainingId: record.id },
    }),
    signal,
    (progress) => onProgress({ ...progress, label: WORDS.storing }),
  );
}
