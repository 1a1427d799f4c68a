import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ScriptedModel, type Script } from '../../testing/scripted-model';
import { AppError } from '../errors';
import type { CompletionRequest } from '../ports';
import type { Answer, EvaluationTask } from './evaluation';
import { builtInEvaluation } from './prompt';
import { type EvaluationEvent, askTasks } from './runner';

const TASKS: readonly EvaluationTask[] = Array.from({ length: 23 }, (_, i) => ({
  id: `t${i}`,
  instruction: `Name the ${i}th thing.`,
  input: i % 3 === 0 ? `thing ${i}` : '',
  references: ['thing'],
  isClassification: null,
}));
const config = builtInEvaluation(4);

/** One stretch of asking; answers land in `stored`, and it may be cut off at any of them. */
async function stretch(
  stored: Map<string, Answer>,
  script: Script,
  stopAfter = Infinity,
): Promise<EvaluationEvent[]> {
  const model = new ScriptedModel({ text: ({ prompt }) => ` about ${prompt.length}`, ...script });
  const abort = new AbortController();
  const places = new Set([...stored.values()].map(({ taskId }) => Number(taskId.slice(1))));
  const ports = {
    model,
    store: (answer: Answer): Promise<void> => {
      stored.set(answer.id, answer);
      return Promise.resolve();
    },
    now: () => 0,
    date: () => 0,
  };
  const plan = {
    evaluationId: 'e0001',
    modelKey: 'm01',
    config,
    tasks: TASKS,
    answered: (i: number) => places.has(i),
  };
  const events: EvaluationEvent[] = [];
  let answered = 0;
  try {
    for await (const event of askTasks(ports, plan, abort.signal)) {
      events.push(event);
      if (event.type === 'answered' && ++answered === stopAfter) abort.abort();
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  expect(model.mostInFlight).toBeLessThanOrEqual(model.parallel);
  return events;
}

it('asks every task once, greedily, in the layouts of section 5', async () => {
  const asked: CompletionRequest[] = [];
  const stored = new Map<string, Answer>();
  const events = await stretch(stored, { before: (_, request) => void asked.push(request) });
  expect([...stored.keys()].sort()).toEqual(TASKS.map((_, i) => `e0001-m01-${String(i).padStart(6, '0')}`));
  expect(events.filter(({ type }) => type === 'answered')).toHaveLength(TASKS.length);
  expect(
    asked.every(
      ({ temperature, maxTokens, stop }) => temperature === 0 && maxTokens === 60 && stop.length === 0,
    ),
  ).toBe(true);
  expect(asked[0]?.prompt).toBe('Name the 0th thing.\nInput: thing 0\nOutput:');
  expect(asked[1]?.prompt).toBe('Name the 1th thing.\nOutput:');
});

it('gives the same answers wherever it is stopped and resumed, whatever is in flight', async () => {
  const whole = new Map<string, Answer>();
  await stretch(whole, {});
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 22 }),
      fc.integer({ min: 1, max: 6 }),
      async (stopAfter, parallel) => {
        const stored = new Map<string, Answer>();
        await stretch(stored, { parallel }, stopAfter);
        expect(stored.size).toBeGreaterThanOrEqual(stopAfter);
        const before = stored.size;
        const rest = await stretch(stored, { parallel });
        expect(rest.filter(({ type }) => type === 'answered')).toHaveLength(TASKS.length - before);
        expect(new Map([...stored].sort())).toEqual(new Map([...whole].sort()));
      },
    ),
    { numRuns: 20 },
  );
});

it('marks prompts that do not fit and goes on; any other failure stops it', async () => {
  const stored = new Map<string, Answer>();
  const fails =
    (kind: 'prompt-too-long' | 'engine-failed') =>
    (_: number, { prompt }: CompletionRequest) => {
      if (prompt.includes('5th')) throw new AppError({ kind, detail: 'too many tokens' });
    };
  await stretch(stored, { before: fails('prompt-too-long') });
  const long = [...stored.values()].filter(({ outcome }) => outcome === 'too-long');
  expect(long.map(({ taskId }) => taskId)).toEqual(['t5', 't15']);
  expect(stored.size).toBe(TASKS.length);
  const half = new Map<string, Answer>();
  await expect(stretch(half, { before: fails('engine-failed') })).rejects.toThrow('engine-failed');
  expect(half.size).toBeLessThan(TASKS.length);
});
