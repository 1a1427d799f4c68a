/**
 * From a trained model to a stored one: all its files are staged, then it appears at once. An adapter on a GGUF file is
 * stored alone and names its base, which is on this device already; everything else becomes a model of its own.
 */
import {
  ADAPTER_WEIGHTS_FILE,
  computedBytes,
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
import { ADAPTER_CONFIG_FILE, adapterConfig, adapterScale } from '../../weights/adapter';
import type { Services } from '../services';
import { stoppable } from '../stoppable';
import type { OpenBase } from './base-models';
import { WORDS } from './words';

type Lora = Extract<TrainingMethod, { kind: 'lora' }>;

/** Up to this size llama.cpp gets F32 and continues exactly as the trainer does; F16 would round near-ties the other way. */
const EXACT_BYTES = 64_000_000;

/**
 * The same training gives the same model id: what a killed tab left is written again, not beside it.
 * @throws AppError storage-full, bad-file, worker-crashed; AbortError
 */
export async function publishModel(
  services: Pick<Services, 'modelStore' | 'weightsWriter' | 'now'>,
  record: TrainingRecord,
  base: OpenBase,
  trained: TrainedModel,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const id = `finetuned-${record.id}`;
  const { method } = record.config;
  const whole = trained.weights
    ? await wholeFiles(services.weightsWriter, record.name, trained, trained.weights, signal, onProgress)
    : [];
  const beside = method.kind === 'lora' ? adapterFiles(trained.adapter, method, base) : [];
  // What the engine loads: a run names it by its hash.
  const loaded = trained.weights ? GGUF_FILE : ADAPTER_WEIGHTS_FILE;
  const scale = adapterScale(method);
  const { name, hash } = base.model;
  return storeFiles(
    stoppable(await services.modelStore.stage(id), signal),
    [...whole, ...beside],
    (written) => ({
      id,
      name: record.name,
      engine: 'llama.cpp',
      origin: 'finetuned',
      // Whatever the base was, it was trained to continue the paper's layouts.
      style: 'base',
      bytes: written.find((file) => file.name === loaded)?.bytes ?? null,
      contextLength: base.config.contextLength,
      licence: base.model.licence,
      ...(base.model.languages ? { languages: base.model.languages } : {}),
      hash: written.find((file) => file.name === loaded)?.sha256 ?? '',
      source: WORDS.names.source(name, record.data.name),
      storedAt: services.now(),
      parent: { modelId: base.model.id, trainingId: record.id },
      ...(trained.weights
        ? {}
        : { adapter: { base: { name, hash, bytes: computedBytes(base.model) ?? 0 }, scale } }),
    }),
    signal,
    (progress) => onProgress({ ...progress, label: WORDS.storing }),
  );
}

/** A model of its own, as the hub lays it out and as GGUF. */
async function wholeFiles(
  weightsWriter: Services['weightsWriter'],
  name: string,
  { config, tokenizer }: TrainedModel,
  weights: Blob,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<readonly ModelFile[]> {
  const precision = weights.size <= EXACT_BYTES ? 'F32' : 'F16';
  const model = { name, base: { config, weights, tokenizer } };
  const forms = await weightsWriter.write(model, { kind: 'gguf', precision }, signal, onProgress);
  const gguf = forms.get(GGUF_FILE);
  if (!gguf) throw new Error('no GGUF was written');
  return [
    { name: CONFIG_FILE, content: config },
    { name: TOKENIZER_FILE, content: tokenizer },
    { name: WEIGHTS_FILE, content: weights },
    { name: GGUF_FILE, content: gguf },
  ];
}

/** What PEFT loads on top of the base. */
function adapterFiles(adapter: Blob | null, method: Lora, { model, config }: OpenBase): readonly ModelFile[] {
  if (!adapter) throw new Error('no adapter was trained');
  return [
    { name: ADAPTER_CONFIG_FILE, content: new Blob([adapterConfig(method, model.name, config.layers)]) },
    { name: ADAPTER_WEIGHTS_FILE, content: adapter },
  ];
}
