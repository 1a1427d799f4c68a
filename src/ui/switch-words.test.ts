import { expect, it } from 'vitest';
import { SWITCHES } from '../core/presets';
import type { Switches } from '../core/run';
import { SWITCH_WORDS } from './switch-words';

it('every switch and every value of a preset has words', () => {
  for (const name of Object.keys(SWITCHES.ours) as (keyof Switches)[]) {
    const { title, values } = SWITCH_WORDS[name];
    expect(title).not.toBe('');
    const texts: Readonly<Record<string, string>> = values;
    for (const switches of Object.values(SWITCHES)) expect(texts[switches[name]]).toBeTruthy();
  }
});
