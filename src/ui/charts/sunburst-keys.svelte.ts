/** A sunburst under hand and keys: one stop of the Tab key; arrows move along a ring and between the rings, Enter opens. */
import { count } from '../format';
import type { SunburstData, SunburstPart } from './sunburst';

export class SunburstKeys {
  /** The part that the Tab key stops at. */
  #current = $state('0.-1');
  #looked = $state<{ readonly key: string; readonly focus: boolean } | null>(null);

  /** Functions: the parts change while a run continues. */
  constructor(
    private readonly parts: () => readonly SunburstPart[],
    private readonly nameOf: (part: SunburstPart) => string,
    private readonly open: (part: SunburstPart) => void,
  ) {}

  get looked(): SunburstData['looked'] {
    const part = this.parts().find(({ key }) => key === this.#looked?.key);
    return part && { part, name: this.nameOf(part), focus: this.#looked?.focus === true };
  }

  /** What makes the drawn part a button. */
  attributes(key: string): Readonly<Record<string, unknown>> {
    const parts = this.parts();
    const part = parts.find((one) => one.key === key);
    if (!part) return {};
    const stop = parts.some((one) => one.key === this.#current) ? this.#current : '0.-1';
    const leave = (): void => void (this.#looked = null);
    return {
      role: 'button',
      tabindex: key === stop ? 0 : -1,
      'aria-label': `${this.nameOf(part)}, ${count(part.count)}`,
      onclick: () => this.open(part),
      onkeydown: (event: KeyboardEvent) => this.#press(event, part),
      onfocus: ({ currentTarget }: FocusEvent) => {
        this.#current = key;
        const focus = currentTarget instanceof Element && currentTarget.matches(':focus-visible');
        this.#looked = { key, focus };
      },
      onblur: leave,
      onpointerenter: () => void (this.#looked = { key, focus: false }),
      onpointerleave: leave,
    };
  }

  #press(event: KeyboardEvent, part: SunburstPart): void {
    if (event.key === 'Enter' || event.key === ' ') this.open(part);
    else if (event.key.startsWith('Arrow')) {
      const next = this.#neighbour(part, event.key);
      const svg = event.currentTarget instanceof SVGElement ? event.currentTarget.ownerSVGElement : null;
      if (next) svg?.querySelector<SVGElement>(`[data-part="${next.key}"]`)?.focus();
    } else return;
    event.preventDefault();
  }
  #neighbour(part: SunburstPart, name: string): SunburstPart | undefined {
    const parts = this.parts();
    const ring = parts.filter((other) => other.ring === part.ring);
    const at = ring.indexOf(part);
    if (name === 'ArrowRight') return ring[(at + 1) % ring.length];
    if (name === 'ArrowLeft') return ring.at(at - 1);
    const goal = name === 'ArrowUp' ? 'outer' : 'inner';
    return parts.find((other) => other.group === part.group && other.ring === goal);
  }
}
