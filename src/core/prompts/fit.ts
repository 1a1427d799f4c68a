/** Fits prompts into a model's context without its tokenizer, so that the choice is the same everywhere. */

/** English has four to five characters a token; three is safe for small vocabularies and mixed text. */
const CHARACTERS_PER_TOKEN = 3;

/** Tokens of a text, estimated from its length, on the high side. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

/**
 * The largest number of examples, at most `wanted` and at least 1 (0 when none was wanted), whose prompt leaves enough
 * context for the answer. An answer that may be longer than half of the context gets half of it.
 * @param contextLength tokens of prompt and completion together
 */
export function fitShots(
  build: (shots: number) => string,
  wanted: number,
  contextLength: number,
  maxTokens: number,
): number {
  const room = contextLength - Math.min(maxTokens, contextLength / 2);
  for (let shots = wanted; shots > 1; shots--) {
    if (estimateTokens(build(shots)) <= room) return shots;
  }
  return Math.min(1, wanted);
}

/** Share of the context that an answer may take: the paper's 1,024 tokens would leave a small model no prompt. */
const ANSWER_SHARE = 0.4;

/** Max tokens of a completion, as far as the context goes. */
export const answerTokens = (wanted: number, contextLength: number): number =>
  Math.min(wanted, Math.floor(contextLength * ANSWER_SHARE));
