/** The files of a base model as Hugging Face lays them out: the weights in one file, or in several with an index. */
import { CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE } from '../../core/models/stored-model';
import type { Downloader, WantedFile } from '../../models/download';
import type { HubFiles } from '../../weights/base-weights';
import { badFile } from '../../weights/bad-file';
import { INDEX_FILE, joinShards, MAX_INDEX_BYTES, shardNames } from '../../weights/sharded-safetensors';
import { WORDS } from './words';

/** Files by their names, each name once. */
export type NamedFiles = readonly (readonly [name: string, file: Blob])[];

/** Files with others added, which replace those of the same name. */
export const withFiles = (files: NamedFiles, added: NamedFiles): NamedFiles => [
  ...new Map([...files, ...added]),
];

const SHARD = /-of-\d+\.safetensors$/u;

/** Names of the files that a model still lacks. @throws AppError bad-file when its index is damaged */
export async function missingFiles(named: NamedFiles): Promise<readonly string[]> {
  const files = new Map(named);
  const index = files.get(INDEX_FILE);
  const split =
    !files.has(WEIGHTS_FILE) && (index !== undefined || [...files.keys()].some((name) => SHARD.test(name)));
  const shards = split && index ? await shardNames(index) : [];
  const weights = split ? [INDEX_FILE, ...shards] : [WEIGHTS_FILE];
  return [CONFIG_FILE, TOKENIZER_FILE, ...weights].filter((name) => !files.has(name));
}

/** The model of these files, its weights as one. @throws AppError bad-file when one is missing or damaged */
export async function baseOf(named: NamedFiles): Promise<HubFiles> {
  const files = new Map(named);
  const [config, tokenizer, weights, index] = [CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE, INDEX_FILE].map(
    (name) => files.get(name),
  );
  const joined = weights ?? (index && (await joinShards(index, files)));
  if (config && tokenizer && joined) return { config, tokenizer, weights: joined };
  throw badFile(WORDS.base.missing(await missingFiles(named)));
}

/**
 * What has to be fetched of a model of the hub, and its bytes; null when the hub does not say. Fetches nothing but the
 * index of weights that are in several files.
 * @param repository `owner/name`
 * @throws AppError model-file-missing, bad-file; AbortError
 */
export async function planHubFiles(
  repository: string,
  downloader: Downloader,
  signal: AbortSignal,
): Promise<{ readonly files: readonly WantedFile[]; readonly bytes: number | null }> {
  const wanted = (name: string): WantedFile & { readonly url: string } => ({
    name,
    url: `https://huggingface.co/${repository}/resolve/main/${name}`,
  });
  const small = [CONFIG_FILE, TOKENIZER_FILE].map(wanted);
  const whole = [...small, wanted(WEIGHTS_FILE)];
  try {
    return { files: whole, bytes: await downloader.size(whole, signal) };
  } catch (error) {
    signal.throwIfAborted();
    const index = await downloader.read(wanted(INDEX_FILE).url, MAX_INDEX_BYTES, signal).catch(() => null);
    if (!index) throw error;
    const files = [...small, ...[INDEX_FILE, ...(await shardNames(index))].map(wanted)];
    return { files, bytes: await downloader.size(files, signal) };
  }
}
