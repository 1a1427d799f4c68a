/** The model that Start offers where there is a GPU. Loaded there alone. */
import type { AppState } from '../../app/app-state.svelte';
import type { DeviceReport } from '../../core/models/device-report';
import { bestToFetch, type ModelLine, modelLines } from '../../models/model-lines';

/** The best model for the GPU of a device that is not here yet; null when none runs well. */
export async function gpuOffer(
  device: DeviceReport,
  { services, choice }: Pick<AppState, 'services' | 'choice'>,
): Promise<ModelLine | null> {
  await choice.ready;
  const library = await services.modelLibrary();
  return bestToFetch(modelLines(choice.models, await library.offered(), device));
}
