/** The model that Start offers where there is a GPU. */
import type { AppState } from '../../app/app-state.svelte';
import { bestToFetch, type ModelLine, modelLines } from '../../models/model-lines';

/** The best model for the GPU of this device that is not here yet; null without a real GPU, or when none runs well. */
export async function gpuOffer({
  services,
  choice,
}: Pick<AppState, 'services' | 'choice'>): Promise<ModelLine | null> {
  const device = await services.deviceReport();
  if (!device.gpu || device.gpu.software) return null;
  await choice.ready;
  const library = await services.modelLibrary();
  return bestToFetch(modelLines(choice.models, await library.offered(), device));
}
