/** A source whose models are trusted only with care: not after they took the page down twice, nor when they answer otherwise than before. */
import { AppError } from '../core/errors';
import type { ModelInfo } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { RememberedAnswers } from './remembered-answers';
import type { LoadGuard } from './load-guard';
import type { ModelSource, OpenModel } from './model-source';

export class CheckedSource implements ModelSource {
  /** A person was told of the crashes and may try again. */
  readonly #told = new Set<string>();

  /** @param engine name and version of what computes these models */
  constructor(
    private readonly source: ModelSource,
    private readonly engine: string,
    private readonly guard: LoadGuard,
    private readonly answers: RememberedAnswers,
  ) {}

  list(): Promise<readonly ModelInfo[]> {
    return this.source.list();
  }

  find(id: string): Promise<ModelInfo | null> {
    return this.source.find(id);
  }

  /** @throws AppError load-crashes, self-test-failed, and as the source does; AbortError */
  async open(
    model: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    if (!this.#told.has(model.id) && (await this.guard.isSuspect(model.id))) {
      this.#told.add(model.id);
      throw new AppError({ kind: 'load-crashes', model: model.name });
    }
    return this.guard.during(model.id, async () => {
      const open = await this.source.open(model, signal, onProgress);
      try {
        await this.answers.check(open, this.engine, signal);
      } catch (error) {
        open.dispose();
        throw error;
      }
      return open;
    });
  }
}
