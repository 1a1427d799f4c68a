/** What the Export screen shows of the open run. */
import { createContext } from 'svelte';
import type { Services } from './services';

export class ExportView {
  constructor(private readonly services: Services) {}
}
export const [getExportView, setExportView] = createContext<ExportView>();
