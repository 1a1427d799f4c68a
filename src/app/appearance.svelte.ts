/** Light or dark, and the size for a projector. Remembered where the browser allows it. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'appearance';

export class Appearance {
  theme = $state<Theme>('system');
  projector = $state(false);

  constructor() {
    this.refresh();
    this.#apply();
  }
  /** Takes over what another instance has set: a recording that is played has one of its own. */
  refresh(): void {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as { theme?: string; projector?: boolean };
      if (stored.theme === 'light' || stored.theme === 'dark') this.theme = stored.theme;
      this.projector = stored.projector === true;
    } catch {
      // No storage, or not ours: the system's setting holds.
    }
  }
  toggleTheme(): void {
    const dark =
      this.theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : this.theme === 'dark';
    this.theme = dark ? 'light' : 'dark';
    this.#apply();
  }
  toggleProjector(): void {
    this.projector = !this.projector;
    this.#apply();
  }
  #apply(): void {
    const { dataset } = document.documentElement;
    if (this.theme === 'system') delete dataset['theme'];
    else dataset['theme'] = this.theme;
    if (this.projector) dataset['size'] = 'projector';
    else delete dataset['size'];
    try {
      localStorage.setItem(KEY, JSON.stringify({ theme: this.theme, projector: this.projector }));
    } catch {
      // Not remembered then.
    }
  }
}
