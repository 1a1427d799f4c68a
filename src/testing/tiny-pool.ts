/** Small pools, runs and rows for tests. Product code never imports this folder. */
import { callId, candidateId, runId, seedId } from '../core/ids';
import { poolSeed } from '../core/pool-seed';
import type { NewRun } from '../core/ports';
import { builtInConfig, withPreset } from '../core/presets';
import type { ModelCall, PresetName, RunConfig, RunRecord } from '../core/run';
import type { Candidate, MachineTask, PoolSeed, RunId, SeedTask } from '../core/task';

const TEXTS: readonly (readonly [string, boolean])[] = [
  ['Is this animal a pet or a wild one?', true],
  ['Name three fruits that grow on trees.', false],
  ['Tell a story about a lost umbrella.', false],
  ['Say whether the shop is open or closed.', true],
  ['Explain why the moon changes its shape.', false],
  ['Write a birthday wish for your uncle.', false],
  ['Does the sentence speak of today or yesterday?', true],
  ['List the colours of a rainbow.', false],
  ['Give advice to somebody who cannot sleep.', false],
  ['Choose the longer of both words.', true],
];

export const tinySeeds = (count = TEXTS.length): SeedTask[] =>
  TEXTS.slice(0, count).map(([instruction, isClassification], i) => ({
    id: `seed_${i}`,
    name: `seed ${i}`,
    instruction,
    isClassification,
    instances: [{ input: isClassification ? 'a cat' : '', output: `answer ${i}` }],
  }));

export const poolSeeds = (run: RunId, seeds: readonly SeedTask[] = tinySeeds()): PoolSeed[] =>
  seeds.map((seed, i) => poolSeed(run, i, seed));

export const tinyConfig = (target: number, preset: PresetName = 'ours', seed = 7): RunConfig =>
  withPreset(builtInConfig(seed, target), preset, null);

export const tinyRun = (config: RunConfig, number = 1): RunRecord => ({
  id: runId(number),
  number,
  createdAt: 1,
  config,
  model: { id: 'scripted', name: 'Scripted', hash: '00' },
  seedSet: { id: 'tiny', name: 'Tiny', count: TEXTS.length },
  source: 'here',
});

/** What a store makes such a run from. */
export const tinyNewRun = (target: number, seeds = TEXTS.length, createdAt = 1): NewRun => ({
  config: tinyConfig(target),
  model: { id: 'm', name: 'M', hash: '00' },
  seedSet: { id: 'tiny', name: 'Tiny', count: seeds },
  seeds: tinySeeds(seeds),
  createdAt,
});

export const machineTask = (
  run: RunId,
  seq: number,
  instruction = `Count all of the ${seq} apples.`,
): MachineTask => ({
  origin: 'machine',
  stage: 'instruction',
  id: candidateId(run, seq, 0),
  runId: run,
  seq,
  instruction,
  provenance: {
    requestIndex: seq,
    item: 0,
    model: 'scripted',
    exemplars: [seedId(run, 0)],
    mostSimilar: [{ id: seedId(run, 1), rougeL: 0.25 }],
    meanSimilarity: 0.1,
    createdAt: 5,
  },
});

export const identified = (task: MachineTask, isClassification = false): MachineTask => ({
  ...task,
  stage: 'identified',
  isClassification,
});

export const complete = (task: MachineTask, count = 1): MachineTask => ({
  ...task,
  stage: 'complete',
  isClassification: false,
  instances: Array.from({ length: count }, (_, i) => ({ input: `input ${i}`, output: `output ${i}` })),
  dropped: [{ input: '', output: '', reason: 'empty-output' }],
});

export const candidateOf = (task: MachineTask, verdict: Candidate['verdict'] = 'kept'): Candidate => ({
  id: task.id,
  runId: task.runId,
  requestIndex: task.provenance.requestIndex,
  item: task.provenance.item,
  text: task.instruction,
  verdict,
  detail: '',
  nearest: task.provenance.mostSimilar[0] ?? null,
});

export const instructionCall = (run: RunId, index: number): ModelCall => ({
  id: callId(run, 'instructions', index),
  runId: run,
  stage: 'instructions',
  index,
  taskId: null,
  exemplars: [seedId(run, 0), seedId(run, 1)],
  classificationOnly: false,
  prompt: 'a prompt',
  text: ' an answer',
  finishReason: 'stop',
  seed: 3,
  promptTokens: 10,
  cachedTokens: 4,
  completionTokens: 6,
  seconds: 0.5,
  createdAt: 9,
});
