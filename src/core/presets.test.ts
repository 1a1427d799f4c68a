import { describe, expect, it } from 'vitest';
import { STANDARD_MODEL } from './models/standard-model';
import { SWITCHES, builtInConfig, differences, modelConfig, paperConfig, withPreset } from './presets';

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
    expect(differences(SWITCHES.ours, SWITCHES.paper)).toEqual([
      'statements',
      'secondMark',
      'similarityEdge',
      'exemplarPool',
    ]);
    expect(differences(SWITCHES.ours, SWITCHES.reference).sort()).toEqual([
      'completionStart',
      'emptyInputContradiction',
      'exampleMarks',
      'exampleSplit',
      'inputLabel',
      'instructionCase',
      'labelledInput',
      'layoutEnd',
      'listForm',
      'listSplit',
      'order',
      'secondMark',
      'statements',
      'stopAtSixteen',
      'unfinished',
      'unmarked',
    ]);
  });
  it('take a filter that a stored run does not name as off', () => {
    const { statements, ...stored } = SWITCHES.paper;
    expect(statements).toBe('keep');
    expect(differences(stored, SWITCHES.paper)).toEqual([]);
    expect(differences(stored, { ...SWITCHES.paper, statements: 'reject' })).toEqual(['statements']);
  });
  it('change the switches and nothing else', () => {
    const config = builtInConfig(3, 50);
    const { switches, preset, ...rest } = withPreset(config, 'reference', { contextLength: 2048 });
    expect(switches).toBe(SWITCHES.reference);
    expect(preset).toBe('reference');
    expect({ ...rest, switches: config.switches, preset: config.preset }).toEqual(config);
  });
  it('number the list as the built-in model was trained, for that model alone', () => {
    const config = builtInConfig(3, 50);
    expect(withPreset(config, 'reference', null).switches).toEqual({
      ...SWITCHES.reference,
      listForm: 'task',
    });
    expect(withPreset(config, 'reference', { contextLength: null }).switches).toBe(SWITCHES.reference);
  });
  it('follow the model: its context, and what it takes at once', () => {
    const small = { engine: 'llama.cpp', bytes: 6_400_000, contextLength: 512 } as const;
    expect(modelConfig(small, 1, 10)).toEqual(builtInConfig(1, 10));
    const large = { engine: 'web-llm', bytes: 200_000_000, contextLength: 4096 } as const;
    expect(modelConfig(large, 1, 10)).toEqual({
      ...paperConfig(1, 10),
      preset: 'ours',
      switches: SWITCHES.ours,
      batchSize: 1,
    });
    // What more tokens than these were spent on never ended.
    const standard = { ...large, engine: 'llama.cpp', hash: STANDARD_MODEL.sha256, ask: 'continue' } as const;
    expect(modelConfig(standard, 1, 10)).toMatchObject({
      ask: 'continue',
      classificationBy: 'probability',
      classificationOdds: 0.15,
      decoding: { instructions: { ...paperConfig(1, 10).decoding.instructions, maxTokens: 256 } },
    });
    const server = { engine: 'server', bytes: null, contextLength: 1024, parallel: 32 } as const;
    const config = modelConfig(server, 1, 10);
    expect(config.batchSize).toBe(32);
    expect(config.decoding.instructions.maxTokens).toBeLessThan(512);
    expect(config.decoding.instances).toEqual(paperConfig(1, 10).decoding.instances);
    expect(modelConfig({ ...large, contextLength: null }, 1, 10).decoding.instructions.maxTokens).toBe(819);
  });
});
