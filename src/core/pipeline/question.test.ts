import { describe, expect, it } from 'vitest';
import { undisturbed, type World } from '../../testing/pipeline-world';
import { ScriptedModel, scriptedText } from '../../testing/scripted-model';
import { tinyConfig } from '../../testing/tiny-pool';
import { chosenType, worded } from './question';

const calls = (world: World) => world.store.sorted(world.store.calls);

describe('an instruct model', () => {
  it('gives the same data set from the same answers, and what was really sent is stored', async () => {
    const base = await undisturbed(tinyConfig(8));
    const instruct = await undisturbed(tinyConfig(8), { style: 'instruct' });
    expect(instruct.machines).toEqual(base.machines);
    expect(calls(instruct)).toHaveLength(calls(base).length);
    for (const [i, call] of calls(instruct).entries()) {
      const raw = calls(base)[i];
      const { turns } = worded('instruct', undefined, call.stage, raw?.prompt ?? '', []).request;
      expect(call.prompt).toBe(`${turns?.system}\n\n${turns?.user}`);
      expect(call.prompt).not.toBe(raw?.prompt);
    }
  });
  it('is read although it repeats the question', async () => {
    const base = await undisturbed(tinyConfig(8));
    const echo = await undisturbed(tinyConfig(8), {
      style: 'instruct',
      text: (request) => {
        const cue = request.prompt.trimEnd().split('\n').at(-1) ?? '';
        const separator = request.prompt.endsWith('\n') ? '\n' : '';
        return `${cue}${separator}${scriptedText(request)}`;
      },
    });
    expect(echo.machines).toEqual(base.machines);
  });
});

describe('a type decided by probabilities', () => {
  const config = { ...tinyConfig(8), classificationBy: 'probability' as const };
  const choice = (prompt: string, options: readonly string[]) => {
    expect(options).toEqual(['Yes', 'No']);
    expect(prompt.endsWith('Classification:')).toBe(true);
    const yes = prompt.includes('Sort the', prompt.lastIndexOf('Task:')) ? 0.6 : 0.1;
    return { probabilities: [yes, 0.3], promptTokens: 50, cachedTokens: 40 };
  };
  it('is the likelier one, and both are stored', async () => {
    const world = await undisturbed(config, { choice });
    const types = calls(world).filter(({ stage }) => stage === 'classification');
    expect(types).toHaveLength(world.machines.length);
    for (const task of world.machines) {
      const call = types.find(({ taskId }) => taskId === task.id);
      const yes = task.instruction.startsWith('Sort the');
      expect(call).toMatchObject({
        odds: { yes: yes ? 0.6 : 0.1, no: 0.3 },
        text: yes ? ' Yes' : ' No',
        finishReason: 'stop',
        promptTokens: 50,
        cachedTokens: 40,
        completionTokens: 1,
      });
      expect(task.stage !== 'instruction' && task.isClassification).toBe(yes);
    }
  });
  it('needs only the odds that the run says', async () => {
    // As `choice` has it: 0.6 to 0.3 for some tasks, 0.1 to 0.3 for the others.
    const typesAt = async (classificationOdds: number): Promise<Set<unknown>> => {
      const world = await undisturbed({ ...config, classificationOdds }, { choice });
      return new Set(world.machines.map((task) => task.stage !== 'instruction' && task.isClassification));
    };
    expect(await typesAt(0.3)).toEqual(new Set([true]));
    expect(await typesAt(0.4)).toEqual(new Set([true, false]));
    expect(await typesAt(2.1)).toEqual(new Set([false]));
  });
  it('is read where the run does not ask for it, and where the model would say neither word', async () => {
    const read = await undisturbed(tinyConfig(8));
    const unasked = await undisturbed(tinyConfig(8), { choice });
    const neither = await undisturbed(config, {
      choice: () => ({ probabilities: [0, 0], promptTokens: 1, cachedTokens: 0 }),
    });
    expect(unasked.machines).toEqual(read.machines);
    expect(neither.machines).toEqual(read.machines);
    expect(calls(unasked).every(({ odds }) => odds === undefined)).toBe(true);
  });
  it('is read where the model tells no probabilities', async () => {
    const question = worded('base', undefined, 'classification', 'x', []);
    expect(await chosenType(new ScriptedModel(), question, 1, new AbortController().signal)).toBeNull();
  });
});

it('gives a chat model the list to continue where the run says so', () => {
  const { request, sent } = worded('instruct', 'continue', 'instructions', 'A list.\n\nTask 1:', ['\n\n']);
  // Null, not absent: absent turns are made of the prompt by whoever runs the model.
  expect(request).toEqual({ prompt: 'A list.\n\nTask 1:', stop: ['\n\n'], turns: null });
  expect(sent).toBe('A list.\n\nTask 1:');
});
