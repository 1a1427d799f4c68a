/** Models in this device's store that web-llm computes. */
import { AppError } from '../core/errors';
import type { ModelInfo, StoredModel } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { ModelStore } from '../models/model-store';
import type { ModelSource, OpenModel } from './model-source';
import { startModel } from './start-model';
import { WebLlmModel } from './web-llm-model';

type ForWebLlm = StoredModel & Required<Pick<StoredModel, 'webLlm'>>;

export class WebLlmSource implements ModelSource {
  constructor(private readonly store: Pick<ModelStore, 'list' | 'get'>) {}

  async list(): Promise<readonly ModelInfo[]> {
    return (await this.store.list()).filter(isForWebLlm);
  }

  async find(id: string): Promise<ForWebLlm | null> {
    const stored = await this.store.get(id);
    return stored && isForWebLlm(stored) ? stored : null;
  }

  async open(
    { id }: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    const stored = await this.find(id);
    if (!stored) throw new AppError({ kind: 'model-not-here', model: id });
    const model = new WebLlmModel({ ...stored, place: stored.webLlm });
    return startModel(model, () => model.start(onProgress), signal);
  }
}

const isForWebLlm = (model: StoredModel): model is ForWebLlm =>
  model.engine === 'web-llm' && model.webLlm !== undefined;
