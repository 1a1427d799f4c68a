import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateId, runId, seedId } from '../ids';
import { PIPELINE_STAGES } from '../run';
import { classificationPrompt } from './classification-prompt';
import { instancePrompt } from './instance-prompt';
import { instructionPrompt } from './instruction-prompt';
import { promptParts } from './prompt-parts';

const RUN = runId(1);

describe('the parts of a prompt', () => {
  it('are the header, a line for each exemplar with its origin, and the open end', () => {
    const exemplars = [seedId(RUN, 3), candidateId(RUN, 0, 1)];
    const texts = [{ instruction: 'Name a bird.' }, { instruction: 'Say what it eats.' }];
    const { prompt } = instructionPrompt(texts, false, { stopAtSixteen: 'line-start' });
    expect(promptParts({ stage: 'instructions', prompt, exemplars })).toEqual([
      { kind: 'header', text: 'Here is a list of different tasks.\n\n' },
      { kind: 'seed', text: 'Task 1: Name a bird.\n' },
      { kind: 'machine', text: 'Task 2: Say what it eats.\n' },
      { kind: 'open', text: 'Task 3:' },
    ]);
  });

  it('are header, examples and the question in the later stages', () => {
    for (const stage of ['classification', 'instances'] as const) {
      const build =
        stage === 'instances' ? instancePrompt('Is it big?', true, 3) : classificationPrompt('Is it big?', 3);
      const parts = promptParts({ stage, prompt: build.prompt, exemplars: [] });
      expect(parts.map(({ kind }) => kind)).toEqual(['header', 'example', 'example', 'example', 'open']);
      expect(parts.at(-1)?.text).toContain('Is it big?');
    }
  });

  it('are the whole prompt together, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PIPELINE_STAGES),
        fc.array(fc.oneof(fc.string(), fc.constantFrom('\n', '\n\n', '\n\n\n'))).map((all) => all.join('')),
        fc.nat({ max: 4 }),
        (stage, prompt, count) => {
          const exemplars = Array.from({ length: count }, (_, i) => seedId(RUN, i));
          const parts = promptParts({ stage, prompt, exemplars });
          expect(parts.map(({ text }) => text).join('')).toBe(prompt);
        },
      ),
    );
  });
});
