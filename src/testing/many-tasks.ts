/** Runs of any size for tests: seeds, machine tasks in every stage and candidates with every reason, always the same. */
import { candidateId, runId as makeRunId, seedId } from '../core/ids';
import { poolSeed as pooled } from '../core/pool-seed';
import { initialProgress } from '../core/pipeline/progress';
import { builtInConfig } from '../core/presets';
import type { RunSummary } from '../core/ports';
import { Random } from '../core/random';
import type { RunProgress, RunRecord } from '../core/run';
import {
  type Candidate,
  type MachineTask,
  type PoolSeed,
  REJECT_REASONS,
  type RunId,
  type Stage,
} from '../core/task';

const VERBS = ['Describe', 'Name', 'Explain', 'Sort', 'Compare', 'Translate', 'Summarize', 'Rewrite'];
const THINGS = 'the weather|a garden|two rivers|your street|an old clock|the letter|a recipe'.split('|');
const ENDS = 'in one sentence|for a child|without the letter e|in simple words|as a list of five'.split('|');

function manyTexts(count: number): string[] {
  const random = new Random(count);
  const pick = (words: readonly string[]): string => words[random.below(words.length)] ?? '';
  return Array.from(
    { length: count },
    (_, i) => `${pick(VERBS)} ${pick(THINGS)} ${pick(ENDS)}, number ${i}.`,
  );
}

export const poolSeed = (run: RunId, index: number, instruction: string): PoolSeed =>
  pooled(run, index, {
    id: `seed_${index}`,
    name: `seed ${index}`,
    instruction,
    isClassification: index % 3 === 0,
    instances: [{ input: '', output: `The answer ${index}.` }],
  });

/** Four of five are complete, the others wait for instances or for their type. */
export function machineTask(run: RunId, seq: number, instruction: string): MachineTask {
  const isClassification = seq % 4 === 0;
  const instances = [{ input: `Input ${seq}`, output: `Output ${seq}` }];
  const dropped = [{ input: 'Same', output: 'Same', reason: 'input-equals-output' }] as const;
  const complete = { stage: 'complete', isClassification, instances, dropped } as const;
  const stages: readonly Stage[] = [
    { stage: 'instruction' },
    { stage: 'identified', isClassification },
    complete,
    complete,
    complete,
  ];
  return {
    ...(stages[seq % stages.length] ?? complete),
    origin: 'machine',
    id: candidateId(run, seq >> 2, seq & 3),
    runId: run,
    seq,
    instruction,
    provenance: {
      requestIndex: seq >> 2,
      item: seq & 3,
      model: 'built-in',
      exemplars: [seedId(run, 0), seedId(run, 1)],
      mostSimilar: Array.from({ length: 10 }, (_, i) => ({
        id: seedId(run, i),
        rougeL: ((seq * 7) % 70) / 100 / (i + 1),
      })),
      meanSimilarity: 0.12,
      createdAt: 1_700_000_000_000 + seq,
    },
  };
}

export function rejectedCandidate(run: RunId, index: number, text: string): Candidate {
  const verdict = REJECT_REASONS[index % REJECT_REASONS.length] ?? 'empty';
  return {
    id: candidateId(run, index >> 2, 8 + (index & 3)),
    runId: run,
    requestIndex: index >> 2,
    item: 8 + (index & 3),
    text,
    verdict,
    detail: verdict === 'blocked-word' ? 'street' : '3',
    nearest: verdict === 'too-similar' ? { id: seedId(run, 0), rougeL: 0.81 } : null,
  };
}

export interface ManyTasks extends RunSummary {
  readonly seeds: readonly PoolSeed[];
  readonly machines: readonly MachineTask[];
  readonly candidates: readonly Candidate[];
}

export function manyTasks(
  number: number,
  size: { seeds: number; machines: number; rejected: number },
): ManyTasks {
  const id = makeRunId(number);
  const texts = manyTexts(size.seeds + size.machines + size.rejected);
  const machines = texts.slice(size.seeds, size.seeds + size.machines);
  const rejected = texts.slice(size.seeds + size.machines);
  const run: RunRecord = {
    id,
    number,
    createdAt: 1_700_000_000_000,
    config: builtInConfig(1, size.machines),
    model: { id: 'built-in', name: 'Built-in model', hash: 'a1b2c3d4e5f6a7b8' },
    seedSet: { id: 'simple', name: 'Simple English', count: size.seeds },
    source: 'here',
  };
  const tasks = machines.map((text, seq) => machineTask(id, seq, text));
  const complete = tasks.filter(({ stage }) => stage === 'complete').length;
  const counts: Partial<Record<string, number>> = {};
  const candidates = rejected.map((text, i) => rejectedCandidate(id, i, text));
  for (const { verdict } of candidates) counts[verdict] = (counts[verdict] ?? 0) + 1;
  const progress: RunProgress = {
    ...initialProgress(id),
    kept: tasks.length,
    nextSeq: tasks.length,
    identified: tasks.filter(({ stage }) => stage !== 'instruction').length,
    completed: complete,
    instances: complete,
    droppedInstances: complete,
    rejected: counts,
    finished: true,
  };
  const seeds = texts.slice(0, size.seeds).map((text, i) => poolSeed(id, i, text));
  return { run, progress, seeds, machines: tasks, candidates };
}
