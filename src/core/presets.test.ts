import { describe, expect, it } from 'vitest';
import { SWITCHES, SWITCH_TEXTS, builtInConfig, differences, paperConfig, withPreset } from './presets';
import type { Switches } from './run';

describe('presets', () => {
  it('have the paper’s decoding', () =>
    expect(paperConfig(1, 10).decoding).toEqual({
      instructions: { temperature: 0.7, topP: 0.5, frequencyPenalty: 0, presencePenalty: 2, maxTokens: 1024 },
      classification: { temperature: 0, topP: 1, frequencyPenalty: 0, presencePenalty: 0, maxTokens: 3 },
      instances: { temperature: 0, topP: 1, frequencyPenalty: 0, presencePenalty: 1.5, maxTokens: 300 },
    }));
  it('have the paper’s numbers', () =>
    expect(paperConfig(1, 10)).toMatchObject({
      seed: 1,
      target: 10,
      exemplars: 8,
      machineExemplars: 2,
      rougeThreshold: 0.7,
      batchSize: 5,
      classificationShots: 31,
      instanceShots: 16,
      maxInstances: 5,
    }));
  it('differ in the switches where paper and code disagree', () => {
    expect(differences(SWITCHES.ours, SWITCHES.ours)).toEqual([]);
    expect(differences(SWITCHES.ours, SWITCHES.paper)).toEqual(['similarityEdge', 'exemplarPool']);
    expect(differences(SWITCHES.ours, SWITCHES.reference).sort()).toEqual([
      'emptyInputContradiction',
      'exampleSplit',
      'inputLabel',
      'inputWithoutOutput',
      'instructionCase',
      'listSplit',
      'order',
      'stopAtSixteen',
      'unfinished',
    ]);
  });
  it('change the switches and nothing else', () => {
    const config = builtInConfig(3, 50);
    const { switches, preset, ...rest } = withPreset(config, 'reference');
    expect(switches).toBe(SWITCHES.reference);
    expect(preset).toBe('reference');
    expect({ ...rest, switches: config.switches, preset: config.preset }).toEqual(config);
  });
  it('have words for every switch and value', () => {
    for (const name of Object.keys(SWITCHES.ours) as (keyof Switches)[]) {
      const { title, values } = SWITCH_TEXTS[name];
      expect(title).not.toBe('');
      const texts: Readonly<Record<string, string>> = values;
      for (const switches of Object.values(SWITCHES)) expect(texts[switches[name]]).toBeTruthy();
    }
  });
});
