/**
 * Stored files are hashed again when a model is loaded and that was not done for a day: a disk, or whoever has access to
 * it, can change a file that once was whole, and the same run would then give other data under the same name.
 */
import * as v from 'valibot';
import { AppError } from '../core/errors';
import type { ModelInfo } from '../core/models/stored-model';
import type { SettingStore } from '../core/ports';
import type { ModelStore } from './model-store';
import { baseOf } from './model-weights';

/** A hash of 1 GB takes seconds, so not at each load. */
const AGE_MS = 24 * 60 * 60 * 1000;
const Verified = v.object({ hash: v.string(), at: v.number() });

export class VerifiedModels {
  constructor(
    private readonly store: Pick<ModelStore, 'get' | 'list' | 'check'>,
    private readonly settings: SettingStore,
    private readonly now: () => number,
  ) {}

  /**
   * Hashes the files of a stored model, and of its base where it is an adapter, unless that was done within a day or while they were written.
   * @throws AppError model-damaged, which names them; base-not-here; storage-unavailable; AbortError
   */
  async verify({ id, name, hash }: ModelInfo, signal: AbortSignal): Promise<void> {
    const stored = await this.store.get(id);
    if (!stored) return;
    if (stored.adapter) await this.verify(await baseOf(this.store, name, stored.adapter.base), signal);
    const noted = v.safeParse(Verified, await this.settings.setting(keyOf(id)));
    const last = noted.success && noted.output.hash === hash ? noted.output.at : stored.storedAt;
    const age = this.now() - last;
    // A clock that was set back says nothing of the age.
    if (age >= 0 && age < AGE_MS) return;
    const wrong = await this.store.check(id, signal, () => undefined);
    signal.throwIfAborted();
    if (wrong.length > 0) throw new AppError({ kind: 'model-damaged', model: name, files: wrong });
    await this.settings.saveSetting(keyOf(id), { hash, at: this.now() });
  }
}

const keyOf = (id: string): string => `verified:${id}`;
