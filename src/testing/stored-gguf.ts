/** A model of a few thousand random numbers as GGUF, in a store. */
import { GGUF_FILE, type StoredModel } from '../core/models/stored-model';
import type { ModelStore } from '../models/model-store';
import { openLlama } from '../weights/base-weights';
import { writeLlamaGguf } from '../weights/llama-gguf';
import { randomBase } from './base-weights';

export async function storedGguf(
  store: Pick<ModelStore, 'stage'>,
  id: string,
  name: string,
): Promise<StoredModel> {
  const { signal } = new AbortController();
  const base = await openLlama(randomBase());
  const file = await writeLlamaGguf({ name, ...base }, base.tokenizer, 'F32', { signal });
  const staging = await store.stage(id);
  const { bytes, sha256: hash } = await staging.write(GGUF_FILE, file, {}, signal);
  return staging.publish({
    ...{ id, name, hash, bytes, contextLength: 128, source: '', storedAt: 1 },
    ...{ engine: 'llama.cpp', origin: 'file', style: 'base', licence: 'MIT' },
  });
}
