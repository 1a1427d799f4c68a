/**
 * An engine as slow as its request says: it evaluates `maxTokens` batches of a prompt, `seed` milliseconds each, and then
 * answers. With the prompt `dies` it falls silent after half of them; with `waits` it only tells of the other requests. A
 * choice takes 35 batches of a millisecond.
 */
import { serveEngine } from '../inference/engine-worker';

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

serveEngine<null, null>(() =>
  Promise.resolve({
    info: null,
    engine: {
      async choose(_request, _options, _signal, onReading) {
        for (let done = 1; done <= 35; done++) {
          await after(1);
          onReading({ done, total: 35 });
        }
        return { probabilities: [1, 0], promptTokens: 35, cachedTokens: 0 };
      },
      async complete({ prompt, maxTokens, seed }, _signal, onText, onReading) {
        const total = maxTokens;
        for (let done = 1; done <= total; done++) {
          await after(seed);
          if (prompt === 'dies' && done > total / 2) await new Promise(() => undefined);
          if (prompt !== 'waits') onReading({ done, total });
        }
        onText('read');
        return {
          text: 'read',
          finishReason: 'stop',
          promptTokens: total,
          cachedTokens: 0,
          completionTokens: 1,
        };
      },
    },
  }),
);
