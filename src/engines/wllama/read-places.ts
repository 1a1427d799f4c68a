/** Probabilities of an answer as llama.cpp's server returns them; the library's types lack them. */
import { AppError } from '../../core/errors';
import type { AnswerPlace } from '../../core/models/answer-places';
import { WORDS } from '../words';

/** What `n_probs` with `post_sampling_probs` adds; whatever is missing or no number is found out below. */
interface WithProbabilities {
  readonly choices?: readonly {
    readonly logprobs?: {
      readonly content?: readonly {
        readonly id?: unknown;
        readonly top_probs?: readonly { readonly id?: unknown; readonly prob?: unknown }[];
      }[];
    } | null;
  }[];
}

/** @throws AppError engine-failed when there are none, or they are not numbers, as broken arithmetic gives */
export function readAnswerPlaces(answer: unknown): readonly AnswerPlace[] {
  const content = (answer as WithProbabilities | null)?.choices?.[0]?.logprobs?.content;
  if (!content?.length) throw failed(WORDS.llama.noOdds);
  return content.map(({ id, top_probs: likely }) => ({
    token: numberOf(id),
    likely: (likely ?? []).map((one) => ({ token: numberOf(one.id), probability: numberOf(one.prob) })),
  }));
}

function numberOf(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw failed(WORDS.llama.badOdds);
}

const failed = (detail: string): AppError => new AppError({ kind: 'engine-failed', detail });
