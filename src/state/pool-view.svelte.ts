/** What the Pool screen shows of the open run. */
import { createContext } from 'svelte';
import type { Services } from './services';

export class PoolView {
  constructor(private readonly services: Services) {}
}
export const [getPoolView, setPoolView] = createContext<PoolView>();
