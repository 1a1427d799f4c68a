/**
 * A LoRA adapter in a folder or zip, as PEFT saves it: stored beside the model of this device that it fits on. PEFT names its
 * base but knows no hash, so names and sizes of the matrices decide, and the name where several models have these.
 */
import * as v from 'valibot';
import { AppError, failureOf } from '../core/errors';
import { ADAPTER_WEIGHTS_FILE, computedBytes, type StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import { ADAPTER_CONFIG_FILE } from '../weights/adapter';
import { openLlama } from '../weights/base-weights';
import { readJson } from '../weights/json-file';
import type { AdapterFile } from '../weights/merged-weights';
import { readSafetensors } from '../weights/safetensors';
import { copyKey } from './copy-key';
import type { FolderFile } from './mlc-models';
import type { ModelStore } from './model-store';
import { ggufOf, isGguf } from './model-weights';
import { storeFiles } from './store-files';
import { WORDS } from './words';

/** What was found in it. */
export interface AdapterFolder extends AdapterFile {
  readonly name: string;
  /** `base_model_name_or_path`. */
  readonly base: string;
  readonly config: Blob;
}

const Config = v.object({
  peft_type: v.literal('LORA'),
  r: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  lora_alpha: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  base_model_name_or_path: v.nullish(v.string(), ''),
  use_rslora: v.optional(v.boolean(), false),
  // What is computed otherwise, or with more than the two matrices.
  use_dora: v.optional(v.literal(false), false),
  fan_in_fan_out: v.optional(v.literal(false), false),
  // These begin from a base that they changed.
  init_lora_weights: v.nullish(v.union([v.boolean(), v.picklist(['gaussian', 'eva', 'orthogonal'])])),
  alora_invocation_tokens: v.nullish(v.never()),
  rank_pattern: v.nullish(v.strictObject({})),
  alpha_pattern: v.nullish(v.strictObject({})),
});

/**
 * @returns null when it holds no adapter
 * @throws AppError bad-file when it holds one of another kind
 */
export async function adapterOfFolder(
  given: readonly FolderFile[],
  folderName: string,
): Promise<AdapterFolder | null> {
  // Trainers put what they made last above its checkpoints.
  const configs = given
    .filter(({ name }) => name.split('/').at(-1) === ADAPTER_CONFIG_FILE)
    .sort((a, b) => depthOf(a) - depthOf(b));
  const [first, second] = configs;
  if (!first) return null;
  if (second && depthOf(first) === depthOf(second)) throw bad(folderName, WORDS.adapter.several);
  const weights = first.name.slice(0, -ADAPTER_CONFIG_FILE.length) + ADAPTER_WEIGHTS_FILE;
  const file = given.find(({ name }) => name === weights)?.file;
  if (!file) throw bad(folderName, WORDS.adapter.noWeights);
  const config = first.file;
  const parsed = v.safeParse(Config, await readJson(config, ADAPTER_CONFIG_FILE));
  if (!parsed.success) {
    throw bad(folderName, WORDS.adapter.otherKind(v.getDotPath(parsed.issues[0]) ?? ADAPTER_CONFIG_FILE));
  }
  const { r, lora_alpha, use_rslora, base_model_name_or_path } = parsed.output;
  const learned = await readSafetensors(file);
  const ranks = [...learned.names()]
    .filter((name) => name.endsWith('.lora_A.weight'))
    .map((name) => learned.shape(name)[0]);
  if (ranks.length === 0 || ranks.some((rank) => rank !== r))
    throw bad(folderName, WORDS.adapter.otherRank(r));
  const scale = lora_alpha / (use_rslora ? Math.sqrt(r) : r);
  return { name: folderName, base: base_model_name_or_path, config, file, scale };
}

const depthOf = ({ name }: FolderFile): number => name.split('/').length;

/** @throws AppError bad-file when it fits on no model here, or on several; storage-full, storage-unavailable; AbortError */
export async function storeAdapter(
  store: ModelStore,
  { name, base: wanted, config, file, scale }: AdapterFolder,
  now: number,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<StoredModel> {
  const base = await fittingBase(store, { name, base: wanted, file, scale }, signal);
  return storeFiles(
    await store.stage(copyKey(`${name.replaceAll(/[^\w.-]+/gu, '_').slice(0, 60)} ${file.size}`), name),
    [
      { name: ADAPTER_CONFIG_FILE, content: config },
      { name: ADAPTER_WEIGHTS_FILE, content: file },
    ],
    (written) => {
      const { bytes, sha256 } = written.find((one) => one.name === ADAPTER_WEIGHTS_FILE) ?? {
        bytes: file.size,
        sha256: '',
      };
      return {
        ...{ id: `adapter-${sha256.slice(0, 16)}-${base.hash.slice(0, 16)}`, name, bytes, hash: sha256 },
        ...{ engine: 'llama.cpp', origin: 'file', source: wanted, storedAt: now },
        ...{ style: base.style, contextLength: base.contextLength, licence: base.licence },
        ...(base.ask ? { ask: base.ask } : {}),
        ...(base.languages ? { languages: base.languages } : {}),
        adapter: { base: { name: base.name, hash: base.hash, bytes: computedBytes(base) ?? 0 }, scale },
      };
    },
    signal,
    (progress) => onProgress({ ...progress, label: name }),
  );
}

async function fittingBase(
  store: ModelStore,
  { name, base, file, scale }: Pick<AdapterFolder, 'name' | 'base' | 'file' | 'scale'>,
  signal: AbortSignal,
): Promise<StoredModel> {
  const fitting: StoredModel[] = [];
  // An adapter may have been trained on an adapter, but nothing says so: on the base it is at home in any case.
  for (const model of (await store.list()).filter((one) => isGguf(one) && !one.adapter)) {
    signal.throwIfAborted();
    if (await fits(store, model, { file, scale })) fitting.push(model);
  }
  const [first, ...more] = fitting;
  if (!first) throw bad(name, WORDS.adapter.noBase(base));
  if (more.length === 0) return first;
  const named = fitting.filter((model) => plain(model.name) === plain(base));
  const [only, ...others] = named;
  if (!only || others.length > 0) throw bad(name, WORDS.adapter.severalBases(fitting.map((one) => one.name)));
  return only;
}

/** A model that cannot be opened as a Llama is none that it fits on. */
async function fits(store: ModelStore, model: StoredModel, adapter: AdapterFile): Promise<boolean> {
  try {
    const { gguf } = await ggufOf(store, model);
    await openLlama({ gguf, adapters: [adapter] });
    return true;
  } catch (error) {
    if (failureOf(error).kind === 'bad-file') return false;
    throw error;
  }
}

/** The model of `owner/Model-Name`, in any spelling. */
const plain = (name: string): string =>
  (name.split('/').at(-1) ?? '').toLowerCase().replaceAll(/\.gguf$|[^a-z0-9]/gu, '');

const bad = (folder: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.notUsable(folder, detail) });
