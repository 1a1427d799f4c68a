import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TrainingRecord } from '../core/training/training';
import { anyTraining } from '../testing/any-training';
import { deleteDatabase } from '../testing/raw-database';
import { IdbTrainingStore } from './idb-training-store';

const at =
  (step: number) =>
  (record: TrainingRecord): TrainingRecord => ({ ...record, step });
const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

let store: IdbTrainingStore;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbTrainingStore();
});
afterEach(() => {
  vi.restoreAllMocks();
  store.close();
});

describe('trainings', () => {
  it('get ids that are never given twice, and are listed newest first', async () => {
    const made = [await store.create(anyTraining('a')), await store.create(anyTraining('b'))];
    expect(made.map(({ id }) => id)).toEqual(['t0001', 't0002']);
    await store.delete('t0002');
    await store.create(anyTraining('c'));
    expect((await store.list()).map(({ id, name }) => [id, name])).toEqual([
      ['t0003', 'c'],
      ['t0001', 'a'],
    ]);
    expect(await store.get('t0002')).toBeUndefined();
  });

  it('have one checkpoint, written with the record of its step, gone when they are finished or deleted', async () => {
    const record = await store.create(anyTraining('a'));
    await store.change(record.id, at(3), { step: 3, bytes: bytes(1, 2) });
    await store.change(record.id, at(6), { step: 6, bytes: bytes(3), looked: true });
    store.close();
    store = new IdbTrainingStore();
    expect(await store.get(record.id)).toMatchObject({ step: 6 });
    const newest = { step: 6, bytes: bytes(3), looked: true };
    expect(await store.checkpoint(record.id)).toEqual(newest);
    await store.change(record.id, (now) => ({ ...now, name: 'b' }));
    expect(await store.checkpoint(record.id)).toEqual(newest);
    await store.finish(record.id, (now) => ({ ...now, status: 'finished', modelId: 'm' }));
    expect(await store.checkpoint(record.id)).toBeUndefined();
    expect(await store.get(record.id)).toMatchObject({
      status: 'finished',
      modelId: 'm',
      name: 'b',
      step: 6,
    });
    await store.change(record.id, at(1), { step: 1, bytes: bytes(9) });
    await store.delete(record.id);
    expect([await store.list(), await store.checkpoint(record.id)]).toEqual([[], undefined]);
  });

  it('keep record and checkpoint of the same step when a write fails half way', async () => {
    const record = await store.create(anyTraining('a'));
    await store.change(record.id, at(3), { step: 3, bytes: bytes(1) });
    const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')?.value as (
      ...values: unknown[]
    ) => IDBRequest<IDBValidKey>;
    // The record is put, the checkpoint beside it does not fit any more.
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...values) {
      if (this.name === 'checkpoints') throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, values);
    });
    await expect(store.change(record.id, at(6), { step: 6, bytes: bytes(2) })).rejects.toMatchObject({
      failure: { kind: 'storage-full' },
    });
    vi.restoreAllMocks();
    expect(await store.get(record.id)).toMatchObject({ step: 3 });
    expect((await store.checkpoint(record.id))?.step).toBe(3);
  });

  it('that are gone are not written again, nor is a checkpoint of theirs', async () => {
    const { id } = await store.create(anyTraining('a'));
    await store.delete(id);
    const gone = { failure: { kind: 'record-gone', record: 'finetuning', id } };
    await expect(store.change(id, at(3), { step: 3, bytes: bytes(1) })).rejects.toMatchObject(gone);
    await expect(store.finish(id, at(3))).rejects.toMatchObject(gone);
    expect([await store.list(), await store.checkpoint(id)]).toEqual([[], undefined]);
  });

  it('tell who watches', async () => {
    const told = vi.fn();
    const stop = store.watch(told);
    const record = await store.create(anyTraining('a'));
    await store.change(record.id, at(1));
    await store.delete(record.id);
    expect(told).toHaveBeenCalledTimes(3);
    stop();
    await store.create(anyTraining('b'));
    expect(told).toHaveBeenCalledTimes(3);
  });
});
