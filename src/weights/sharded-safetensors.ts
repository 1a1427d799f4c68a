/** Weights in several files with an index of their tensors, as the hub splits large models. */
import * as v from 'valibot';
import { badFile } from './bad-file';
import { readJson } from './json-file';
import { readSafetensors, type SafetensorsFile, type TensorToWrite, writeSafetensors } from './safetensors';
import { WORDS } from './words';

/** The file that says which tensor lies in which file. */
export const INDEX_FILE = 'model.safetensors.index.json';

/** Indexes of the largest models take a few megabytes. */
export const MAX_INDEX_BYTES = 16 * 1024 * 1024;
/** More than a model that a tab can hold comes in. */
const MAX_SHARDS = 200;
/** A name becomes a file and part of an address: no folders, and nothing but weights. */
const shardName = v.pipe(v.string(), v.regex(/^\w[\w.-]{0,150}\.safetensors$/u));
const Index = v.object({ weight_map: v.record(v.string(), shardName) });

/** The file of each tensor, by its name. @throws AppError bad-file */
async function readIndex(index: Blob): Promise<Readonly<Record<string, string>>> {
  const parsed = v.safeParse(Index, await readJson(index, INDEX_FILE, MAX_INDEX_BYTES));
  if (!parsed.success) throw badFile(WORDS.safetensors.badIndex(INDEX_FILE));
  return parsed.output.weight_map;
}

/** Names of the files that hold the weights. @throws AppError bad-file when the index is damaged or too long */
export async function shardNames(index: Blob): Promise<readonly string[]> {
  const names = [...new Set(Object.values(await readIndex(index)))].sort();
  if (names.length > MAX_SHARDS) throw badFile(WORDS.safetensors.manyFiles(names.length));
  return names;
}

/**
 * All weights as one safetensors file, made of slices: only headers are read.
 * @param files by the names that the index uses
 * @throws AppError bad-file when a file is missing or damaged, or does not hold what the index says
 */
export async function joinShards(index: Blob, files: ReadonlyMap<string, Blob>): Promise<Blob> {
  const shards = new Map<string, SafetensorsFile>();
  for (const name of await shardNames(index)) {
    const file = files.get(name);
    if (!file) throw badFile(WORDS.safetensors.missingFile(name));
    shards.set(name, await readSafetensors(file));
  }
  const tensors = Object.entries(await readIndex(index)).map(([name, file]): TensorToWrite => {
    const shard = shards.get(file);
    const tensor = shard?.tensors.get(name);
    if (!shard || !tensor) throw badFile(WORDS.safetensors.notInFile(file, name));
    return { name, shape: tensor.shape, dtype: tensor.dtype, bytes: shard.bytes(name) };
  });
  return writeSafetensors(tensors);
}
