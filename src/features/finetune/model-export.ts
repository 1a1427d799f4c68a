/** What a finetuned model can be saved as, and how each file is put together. */
import { AppError } from '../../core/errors';
import {
  ADAPTER_GGUF_FILE,
  ADAPTER_WEIGHTS_FILE,
  GGUF_FILE,
  type StoredModel,
} from '../../core/models/stored-model';
import type { Progress } from '../../core/ports';
import type { RunId } from '../../core/task';
import type { TrainingRecord } from '../../core/training/training';
import { writeZip, type ZipInput } from '../../io/zip-writer';
import { openBase, parametersOf } from '../../app/training/base-models';
import { modelWeights } from '../../models/model-weights';
import type { WeightsForm } from '../../models/weights-writer';
import { ADAPTER_CONFIG_FILE } from '../../weights/adapter';
import { fileName } from '../../io/file-name';
import type { Services } from '../../app/services';
import { WORDS as TRAINING } from '../../app/training/words';
import { WORDS } from './words';

export type WeightsFormatId =
  | 'gguf-f16'
  | 'gguf-f32'
  | 'gguf-q8_0'
  | 'gguf-adapter'
  | 'hugging-face-f32'
  | 'hugging-face-f16'
  | 'adapter'
  | 'trainers'
  | BaseFormatId
  | MlcFormatId;
type BaseFormatId = 'base-hugging-face' | 'base-gguf';
export type MlcFormatId = 'mlc-q0f16' | 'mlc-q0f32' | 'mlc-q4f16_1' | 'mlc-q4f32_1';
export const isMlc = (id: WeightsFormatId): id is MlcFormatId => id.startsWith('mlc-');

/** Formats by what they are for, in the order in which they are offered. */
export const WEIGHTS_FORMATS = [
  { group: 'run', ids: ['gguf-q8_0', 'gguf-f16', 'gguf-f32', 'gguf-adapter'] },
  { group: 'train', ids: ['hugging-face-f32', 'hugging-face-f16', 'adapter', 'trainers'] },
  { group: 'base', ids: ['base-hugging-face', 'base-gguf'] },
  { group: 'webLlm', ids: ['mlc-q4f16_1', 'mlc-q4f32_1', 'mlc-q0f16', 'mlc-q0f32'] },
] as const satisfies readonly { readonly group: string; readonly ids: readonly WeightsFormatId[] }[];

/** Whether there is what a format needs. Seeds alone are no data set of a run. */
export function canSave(id: WeightsFormatId, { files }: StoredModel, { data }: TrainingRecord): boolean {
  if (id === 'adapter' || id === 'gguf-adapter')
    return files.some(({ name }) => name === ADAPTER_WEIGHTS_FILE);
  return id !== 'trainers' || data.source !== 'seeds';
}

const FORMS: Readonly<
  Record<Exclude<WeightsFormatId, 'adapter' | 'gguf-adapter' | 'trainers' | BaseFormatId>, WeightsForm>
> = {
  'gguf-q8_0': { kind: 'gguf', precision: 'Q8_0' },
  'gguf-f16': { kind: 'gguf', precision: 'F16' },
  'gguf-f32': { kind: 'gguf', precision: 'F32' },
  'hugging-face-f32': { kind: 'hugging-face', precision: 'F32' },
  'hugging-face-f16': { kind: 'hugging-face', precision: 'F16' },
  'mlc-q0f16': { kind: 'mlc', quantisation: 'q0f16' },
  'mlc-q0f32': { kind: 'mlc', quantisation: 'q0f32' },
  'mlc-q4f16_1': { kind: 'mlc', quantisation: 'q4f16_1' },
  'mlc-q4f32_1': { kind: 'mlc', quantisation: 'q4f32_1' },
};

/** Writes what a model computes with: for an adapter, its base with the adapter merged in. */
async function convert(
  { modelStore, weightsWriter }: Pick<Services, 'modelStore' | 'weightsWriter'>,
  model: StoredModel,
  { name }: Pick<TrainingRecord, 'name'>,
  form: WeightsForm,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<ReadonlyMap<string, Blob>> {
  const base = await modelWeights(modelStore, model);
  return weightsWriter.write({ name, base }, form, signal, onProgress);
}

/** Parameters up to which a base is written in F32, as exactly as it was trained on. */
const SMALL = 20_000_000;

/** Writes the model that was finetuned, as it was before: its adapter belongs on it. */
async function convertBase(
  services: Pick<Services, 'models' | 'builtInWeights' | 'modelStore' | 'weightsWriter'>,
  { baseModel }: Pick<TrainingRecord, 'baseModel'>,
  format: BaseFormatId,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<ReadonlyMap<string, Blob>> {
  const { model: now, weights, config } = await openBase(services, baseModel.id, signal, onProgress);
  if (now.hash !== baseModel.hash) throw new AppError({ kind: 'model-changed', model: baseModel.name });
  const precision = parametersOf(config) <= SMALL ? 'F32' : 'F16';
  const kind = format === 'base-gguf' ? 'gguf' : 'hugging-face';
  const model = { name: baseModel.name, base: weights };
  return services.weightsWriter.write(model, { kind, precision }, signal, onProgress);
}

/**
 * Writes the weights for web-llm and installs them beside the library of a stored model of the same shape.
 * @throws AppError base-not-here, model-file-missing, bad-file, storage-full, worker-crashed; AbortError
 */
export async function installForWebLlm(
  services: Pick<Services, 'modelStore' | 'weightsWriter' | 'modelLibrary'>,
  model: StoredModel,
  record: TrainingRecord,
  library: StoredModel,
  format: MlcFormatId,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const name = `${model.name} ${format.slice('mlc-'.length)}`;
  const files = await convert(services, model, record, FORMS[format], signal, onProgress);
  const models = await services.modelLibrary();
  return models.installBeside(library.id, files, name, signal, onProgress);
}

/** @throws AppError base-not-here, model-file-missing, bad-file, worker-crashed; AbortError */
export async function writeWeights(
  services: Pick<
    Services,
    'models' | 'builtInWeights' | 'modelStore' | 'weightsWriter' | 'now' | 'store' | 'version'
  >,
  model: StoredModel,
  record: TrainingRecord,
  format: WeightsFormatId,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<{ readonly name: string; readonly content: Blob }> {
  const isBase = format === 'base-gguf' || format === 'base-hugging-face';
  const base = fileName(isBase ? record.baseModel.name : record.name);
  const file = (name: string): Promise<Blob> => services.modelStore.file(model.id, name);
  if (format === 'trainers') {
    const content = await writeTrainerFiles(services, record, signal, onProgress);
    return { name: `${base}-for-trainers.zip`, content };
  }
  const files = new Map<string, Blob>();
  if (format === 'adapter') {
    const address = await baseAddress(services.modelStore, record);
    files.set(ADAPTER_CONFIG_FILE, await withBase(await file(ADAPTER_CONFIG_FILE), address));
    files.set(ADAPTER_WEIGHTS_FILE, await file(ADAPTER_WEIGHTS_FILE));
  } else {
    const written = isBase
      ? await convertBase(services, record, format, signal, onProgress)
      : await convert(
          ...([services, model, record, await formOf(format, record, file), signal, onProgress] as const),
        );
    const gguf = written.get(GGUF_FILE) ?? written.get(ADAPTER_GGUF_FILE);
    if (gguf) {
      const suffix = isBase ? '' : `-${format.slice('gguf-'.length)}`;
      return { name: `${base}${suffix}.gguf`, content: gguf };
    }
    for (const [name, content] of written) files.set(name, content);
  }
  const total = [...files.values()].reduce((sum, content) => sum + content.size, 0);
  // Weights hardly get smaller by packing.
  const inputs = [...files].map(([name, content]): ZipInput => ({
    path: `${isBase ? LOCAL_BASE.slice('./'.length) : base}/${name}`,
    content,
    packed: content.size > MUCH,
  }));
  const content = await writeZip(inputs, services.now(), signal, (done) =>
    onProgress({ label: WORDS.save.packing, done, total }),
  );
  return { name: `${base}${isBase ? '' : `-${format}`}.zip`, content };
}

async function formOf(
  format: Exclude<WeightsFormatId, 'adapter' | 'trainers' | BaseFormatId>,
  record: TrainingRecord,
  file: (name: string) => Promise<Blob>,
): Promise<WeightsForm> {
  return format === 'gguf-adapter' ? adapterForm(record, await file(ADAPTER_WEIGHTS_FILE)) : FORMS[format];
}
const MUCH = 1_000_000;

function adapterForm({ config: { method } }: TrainingRecord, adapter: Blob): WeightsForm {
  if (method.kind !== 'lora') throw new Error('no adapter was trained');
  return { kind: 'gguf-adapter', alpha: method.alpha, adapter };
}

/** `owner/name` on the hub. */
const HUB = /^[\w.-]+\/[\w.-]+$/u;
/** Where a base model that is not on the hub is expected: saved as a Hugging Face folder beside the settings. */
const LOCAL_BASE = './base-model';

/** Where trainers and PEFT find the base: on the hub, or in the folder that is saved as its base model. */
async function baseAddress(
  modelStore: Services['modelStore'],
  { baseModel }: Pick<TrainingRecord, 'baseModel'>,
): Promise<string> {
  const source = (await modelStore.get(baseModel.id))?.source ?? '';
  return HUB.test(source) ? source : LOCAL_BASE;
}
/** An adapter's configuration that leads to its base. */
async function withBase(config: Blob, address: string): Promise<Blob> {
  const own = JSON.parse(await config.text()) as object;
  return new Blob([`${JSON.stringify({ ...own, base_model_name_or_path: address }, null, 2)}\n`]);
}

async function writeTrainerFiles(
  { store, modelStore, version, now }: Pick<Services, 'store' | 'modelStore' | 'version' | 'now'>,
  { data, config, baseModel }: TrainingRecord,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Blob> {
  const summary = await store.run(data.runId as RunId);
  if (!summary) {
    throw new AppError({ kind: 'training-data-changed', detail: TRAINING.runGone(data.name) });
  }
  const model = await baseAddress(modelStore, { baseModel });
  const { planPassport, writePassport } = await import('../../export/passport/passport');
  const plan = await planPassport(
    store,
    summary,
    {
      formats: ['alpaca', 'openai-chat', 'prompt-completion'],
      withSeeds: data.source !== 'run',
      share: data.heldOutShare,
      splitSeed: config.seed,
      withBackup: false,
      withoutRejected: false,
      training: { model, config },
    },
    signal,
  );
  return writePassport(store, plan, now(), version, signal, onProgress);
}
