/**
 * Wraps a source with three checks: refuses a model whose load crashed the page twice, whose files are no longer what was
 * stored, or whose greedy answer changed since the last load.
 */
import { AppError } from '../core/errors';
import type { ModelInfo } from '../core/models/stored-model';
import type { Progress } from '../core/ports';
import type { RememberedAnswers } from './remembered-answers';
import type { VerifiedModels } from '../models/verified-models';
import type { LoadGuard } from './load-guard';
import type { ModelSource, OpenModel } from './model-source';

export class CheckedSource implements ModelSource {
  /** Models whose crashes the user was told of; they may be tried again. */
  readonly #warned = new Set<string>();

  /** @param engine name and version of what computes these models */
  constructor(
    private readonly source: ModelSource,
    private readonly engine: string,
    private readonly guard: LoadGuard,
    private readonly answers: RememberedAnswers,
    private readonly files: Pick<VerifiedModels, 'verify'>,
  ) {}

  list(): Promise<readonly ModelInfo[]> {
    return this.source.list();
  }

  find(id: string): Promise<ModelInfo | null> {
    return this.source.find(id);
  }

  /** @throws AppError load-crashes, model-damaged, self-test-failed, and as the source does; AbortError */
  async open(
    model: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    if (!this.#warned.has(model.id) && (await this.guard.isSuspect(model.id))) {
      this.#warned.add(model.id);
      throw new AppError({ kind: 'load-crashes', model: model.name });
    }
    return this.guard.during(model.id, async () => {
      const open = await this.#openWhole(model, signal, onProgress);
      try {
        await this.answers.check(open, this.engine, signal);
      } catch (error) {
        open.dispose();
        throw error;
      }
      return open;
    });
  }

  /** Loads and hashes side by side: on two cores that takes as long as the slower of the two. */
  async #openWhole(
    model: ModelInfo,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<OpenModel> {
    const [opened, verified] = await Promise.allSettled([
      this.source.open(model, signal, onProgress),
      this.files.verify(model, signal),
    ]);
    // Damage explains why a load failed.
    if (verified.status === 'rejected') {
      if (opened.status === 'fulfilled') opened.value.dispose();
      throw verified.reason;
    }
    if (opened.status === 'rejected') throw opened.reason;
    return opened.value;
  }
}
