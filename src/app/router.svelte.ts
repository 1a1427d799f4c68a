/** Which screen is shown, kept in the address behind "#/", so that back, reload and links work on any host. */

const SCREENS = [
  'start',
  'seeds',
  'generate',
  'pool',
  'decisions',
  'review',
  'analyse',
  'compare',
  'finetune',
  'evaluate',
  'export',
  'models',
] as const;
export type Screen = (typeof SCREENS)[number];

export class Router {
  screen = $state<Screen>('start');

  constructor() {
    this.#read();
    window.addEventListener('hashchange', () => this.#read());
  }
  go(screen: Screen): void {
    location.hash = `#/${screen}`;
  }
  #read(): void {
    const name = location.hash.replace(/^#\/?/u, '').split('?')[0];
    this.screen = SCREENS.find((screen) => screen === name) ?? 'start';
  }
}
