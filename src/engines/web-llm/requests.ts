/** A completion request in web-llm's words, within the ranges that it accepts (0.2.86). */
import type {
  ChatCompletionRequestNonStreaming,
  ChatCompletionRequestStreaming,
  CompletionCreateParamsNonStreaming,
  CompletionCreateParamsStreaming,
} from '@mlc-ai/web-llm';
import type { ChatTurns, CompletionRequest } from '../../core/ports';

/** web-llm refuses 0 and treats less than this as this: only the likeliest word is left. */
const SMALLEST_TOP_P = 1e-5;
const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** Sampling values; all are named, because what is not would be taken from the model's own file. */
function sampling(request: CompletionRequest) {
  // web-llm finds an empty one at the end of every text, and would end each answer at its first token.
  const stop = request.stop.filter((each) => each !== '');
  return {
    max_tokens: Math.max(1, request.maxTokens),
    temperature: Math.max(0, request.temperature),
    top_p: between(SMALLEST_TOP_P, request.topP, 1),
    frequency_penalty: between(-2, request.frequencyPenalty, 2),
    presence_penalty: between(-2, request.presencePenalty, 2),
    repetition_penalty: 1,
    seed: request.seed >>> 0,
    ...(stop.length > 0 ? { stop } : {}),
  };
}

const messages = ({ system, user }: ChatTurns): ChatCompletionRequestStreaming['messages'] => [
  ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
  { role: 'user', content: user },
];

/** Qwen3 thinks before it answers unless it is told not to; no other model may be told. */
const thinks = (modelId: string): boolean => /\bqwen3/iu.test(modelId);
/** What web-llm writes in such a model's name; its tokens count as part of the answer. */
export const NO_THOUGHTS = '<think>\n\n</think>\n\n';
const NO_THOUGHTS_TOKENS = 8;

/** A request to continue a text. */
export const textRequest = (request: CompletionRequest): CompletionCreateParamsStreaming => ({
  ...sampling(request),
  prompt: request.prompt,
  stream: true,
  stream_options: { include_usage: true },
});

/** A request to answer turns. */
export function chatRequest(request: CompletionRequest, modelId: string): ChatCompletionRequestStreaming {
  const values = sampling(request);
  const base = {
    messages: messages(request.turns ?? { system: '', user: request.prompt }),
    stream: true as const,
    stream_options: { include_usage: true },
  };
  if (!thinks(modelId)) return { ...values, ...base };
  const max_tokens = values.max_tokens + NO_THOUGHTS_TOKENS;
  return { ...values, ...base, max_tokens, extra_body: { enable_thinking: false } };
}

/**
 * Asks for the five likeliest next tokens. web-llm tells probabilities after the temperature, so it is 1, and before
 * top-p; which token is then drawn does not matter.
 */
const NEXT_TOKEN = {
  max_tokens: 1,
  temperature: 1,
  top_p: 1,
  frequency_penalty: 0,
  presence_penalty: 0,
  repetition_penalty: 1,
  logprobs: true,
  top_logprobs: 5,
  seed: 1,
} as const;

export const nextTextToken = (prompt: string): CompletionCreateParamsNonStreaming => ({
  ...NEXT_TOKEN,
  prompt,
});

export const nextChatToken = (turns: ChatTurns, modelId: string): ChatCompletionRequestNonStreaming => ({
  ...NEXT_TOKEN,
  messages: messages(turns),
  ...(thinks(modelId) ? { extra_body: { enable_thinking: false } } : {}),
});
