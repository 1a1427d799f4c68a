/** Requests to the standard model, and what it writes wherever it is computed on a CPU. */
import type { CompletionRequest } from '../core/ports';

export const STANDARD_HASH = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
export const STANDARD_REQUESTS: readonly CompletionRequest[] = [1, 2, 3].map((seed) => ({
  prompt: 'Come up with a series of tasks:\n\n1. Write a poem about the sea.\n2. Name three red fruits.\n3.',
  maxTokens: 50,
  temperature: 0.7,
  topP: 0.9,
  frequencyPenalty: 0,
  presencePenalty: 0.5,
  stop: ['\n6.'],
  seed,
}));
export const STANDARD_TEXTS: readonly string[] = [
  " Find three different-looking people.\n4. Take three different-looking people on a hike.\n5. Take three different-looking people to the moon.\n\nAt the end of the day, you'll be standing on a moon and",
  ' Pick three colors.\n4. Create a new fruit that is 100% of the chosen color.\n5. Choose 2 people to play a game of "Scarface."\n\nThis is a classic example of creative thinking',
  ' Pick three blue fruits.\n4. Create a list of the colors of the rainbow.\n\nIn your poem, there should be two sentences that describe the process of writing the poem. Each sentence should contain at least 2 words that describe the',
];
