/**
 * An engine as slow as its request says: it evaluates `maxTokens` batches of a prompt, `seed` milliseconds each, and then
 * answers. With the prompt `dies` it falls silent after half of them; with `waits` it only tells of the other requests.
 */
import { serveEngine } from '../inference/engine-worker';

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

serveEngine<null, null>(() =>
  Promise.resolve({
    info: null,
    engine: {
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
