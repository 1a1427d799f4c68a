/** How likely a model finds each of a few answers, by the likeliest next tokens. */

/** One of the likeliest next tokens; `logprob` is a natural logarithm. */
export interface TokenOdds {
  readonly token: string;
  readonly logprob: number;
}

/**
 * Adds up the probability of each option: of all tokens that are the option or its beginning, in any case, with or without
 * a space before it.
 */
export function optionOdds(tokens: readonly TokenOdds[], options: readonly string[]): number[] {
  const sums = options.map(() => 0);
  for (const { token, logprob } of tokens) {
    const word = token.trim().toLowerCase();
    const fits = options.flatMap((option, i) => (option.toLowerCase().startsWith(word) ? [i] : []));
    // A token that fits several options, as an empty one does, speaks for none.
    const [only] = fits;
    if (word !== '' && fits.length === 1 && only !== undefined && logprob <= 0) {
      sums[only] = (sums[only] ?? 0) + Math.exp(logprob);
    }
  }
  return sums;
}
