/** Starts a model, or leaves nothing of it behind. */
import type { OpenModel } from './model-source';
import { unlessStopped } from './unless-stopped';

/** @throws as `start`; AbortError. In both cases the model was disposed. */
export async function startModel<M extends OpenModel>(
  model: M,
  start: () => Promise<void>,
  signal: AbortSignal,
): Promise<M> {
  try {
    await unlessStopped(start(), signal);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}
