/** Which screen is shown and what of it, as the address says. */
import { addressOf, type Params, readAddress, type Screen } from './address';

export class Router {
  screen = $state<Screen>('start');
  params = $state.raw<Params>({});

  constructor() {
    this.#read();
    window.addEventListener('hashchange', () => this.#read());
  }
  go(screen: Screen, params?: Readonly<Record<string, string>>): void {
    location.hash = addressOf(screen, params);
  }
  #read(): void {
    const { screen, params } = readAddress(location.hash);
    this.screen = screen;
    this.params = params;
  }
}
