/** A host of models without weights: each answers by its own script, one of them is resident. */
import { AppError } from '../core/errors';
import type { ModelInfo } from '../core/models/stored-model';
import type { LanguageModel, ModelHost } from '../core/ports';
import { ScriptedModel, type Script } from './scripted-model';

export interface HostedModel {
  readonly info: ModelInfo;
  readonly script: Script;
  /** Of the weights that are really there; those of `info` without it. */
  readonly hash?: string;
}

export class ScriptedHost implements ModelHost {
  /** Ids in the order in which they were loaded. */
  readonly loads: string[] = [];
  constructor(readonly models: HostedModel[]) {}

  list(): Promise<readonly ModelInfo[]> {
    return Promise.resolve(this.models.map(({ info }) => info));
  }
  find(id: string): Promise<ModelInfo> {
    return this.#hosted(id).then(({ info }) => info);
  }
  async load(id: string): Promise<LanguageModel> {
    const { info, script, hash = info.hash } = await this.#hosted(id);
    this.loads.push(id);
    const model = new ScriptedModel(script);
    return {
      id: info.id,
      name: info.name,
      hash,
      contextLength: model.contextLength,
      device: model.device,
      parallel: model.parallel,
      complete: (request, signal, listener) => model.complete(request, signal, listener),
    };
  }
  unload(): Promise<void> {
    return Promise.resolve();
  }
  #hosted(id: string): Promise<HostedModel> {
    const hosted = this.models.find(({ info }) => info.id === id);
    return hosted
      ? Promise.resolve(hosted)
      : Promise.reject(new AppError({ kind: 'model-not-here', model: id }));
  }
}
