import { describe, expect, it } from 'vitest';
import { timelineOf } from '../core/recording/timeline';
import { chatTurns } from '../core/prompts/chat-turns';
import { instructionPrompt } from '../core/prompts/instruction-prompt';
import { instructionCall, tinyConfig, tinyRun } from '../testing/tiny-pool';
import { PlaybackClock } from './playback-clock.svelte';
import { RecordedModel } from './recorded-model';

const asked = (listForm: 'task' | 'number', exemplars: number): ReturnType<typeof instructionPrompt> =>
  instructionPrompt(
    Array.from({ length: exemplars }, (_, i) => ({ instruction: `Write line ${i}.` })),
    false,
    { stopAtSixteen: 'line-start', listForm },
  );
function styleOf(prompt: string): string {
  const run = tinyRun(tinyConfig(5));
  const calls = [{ ...instructionCall(run.id, 0), prompt }];
  return new RecordedModel(run, calls, timelineOf(calls), new PlaybackClock()).style;
}

describe('the model of a recording', () => {
  it.each(['task', 'number'] as const)(
    'continues a list in the form "%s", and follows the turns made of it',
    (form) => {
      for (const exemplars of [0, 8]) {
        const { prompt, stop } = asked(form, exemplars);
        const { turns } = chatTurns('instructions', prompt, stop);
        expect(styleOf(prompt)).toBe('base');
        expect(styleOf(`${turns.system}\n\n${turns.user}`)).toBe('instruct');
      }
    },
  );
});
