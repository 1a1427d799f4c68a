/** Holds the Models screen's state over visits: what is being fetched goes on. Filled by the screen, whose code comes late. */
import { createContext } from 'svelte';
import type { ModelsView } from './models-view.svelte';

interface ModelsSlot {
  view: ModelsView | null;
}
export const [getModelsSlot, setModelsSlot] = createContext<ModelsSlot>();
