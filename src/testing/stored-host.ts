/** A host of scripted models: the built-in one, and whatever a store holds, such as what a finetuning made. */
import { AppError } from '../core/errors';
import { isNamed, type ModelInfo } from '../core/models/stored-model';
import type { ModelHost } from '../core/ports';
import type { MemoryModelStore } from './memory-model-store';
import { BUILT_IN_INFO } from './quiet-services';
import { type Script, ScriptedModel } from './scripted-model';

/** @param script of every model */
export function storedHost(modelStore: MemoryModelStore, script: Pick<Script, 'before'> = {}): ModelHost {
  const find = async (id: string): Promise<ModelInfo> => {
    const stored = isNamed(BUILT_IN_INFO, id) ? BUILT_IN_INFO : await modelStore.get(id);
    if (!stored) throw new AppError({ kind: 'model-not-here', model: id });
    return stored;
  };
  return {
    list: () => Promise.resolve([BUILT_IN_INFO]),
    find,
    load: async (id) => new ScriptedModel({ ...script, named: await find(id), parallel: 1 }),
    unload: () => Promise.resolve(),
  };
}
