import { describe, expect, it } from 'vitest';
import { builtInConfig, SWITCHES } from '../presets';
import { INSTANCE_REJECT_REASONS, REJECT_REASONS } from '../task';
import { remedyFor, reverseOf, withRemedy } from './remedy';

const config = builtInConfig(1, 10);

describe('a remedy', () => {
  it('changes the settings of the run, is not offered again once they have it, and can be undone alone', () => {
    for (const switches of [SWITCHES.ours, SWITCHES.reference]) {
      for (const [stage, reasons] of [
        ['instructions', REJECT_REASONS],
        ['instances', INSTANCE_REJECT_REASONS],
      ] as const) {
        for (const reason of reasons) {
          const before = { ...config, switches };
          const remedy = remedyFor(reason, stage, before);
          if (!remedy) continue;
          const after = withRemedy(before, remedy);
          expect(after, reason).not.toEqual(before);
          expect(remedyFor(reason, stage, after), reason).not.toEqual(remedy);
          const later = { ...after, target: 99 };
          expect(withRemedy(later, reverseOf(remedy, before)), reason).toEqual({ ...before, target: 99 });
        }
      }
    }
  });
  it('raises a threshold to 0.9 at most', () => {
    expect(remedyFor('too-similar', 'instructions', { ...config, rougeThreshold: 0.7 })).toEqual({
      kind: 'threshold',
      value: 0.8,
    });
    expect(remedyFor('too-similar', 'instructions', { ...config, rougeThreshold: 0.9 })).toBeNull();
  });
  it('is more tokens for the stage that was cut, or first the switch that drops less of it', () => {
    const { maxTokens } = config.decoding.instances;
    expect(remedyFor('unfinished', 'instances', config)).toEqual({
      kind: 'max-tokens',
      stage: 'instances',
      value: 2 * maxTokens,
    });
    expect(remedyFor('unfinished', 'instructions', { ...config, switches: SWITCHES.reference })).toEqual({
      kind: 'switch',
      name: 'unfinished',
      value: 'drop-last',
    });
  });
  it('there is none where no setting has a say', () =>
    expect(remedyFor('too-short', 'instructions', config)).toBeNull());
});
