/** The name of a person who rates, the same in reviews and in evaluations. */

export const MAX_RATER = 60;
/** The setting that holds who rates on this device. */
export const RATER_SETTING = 'review:rater';

/** A typed name in the form that is stored: one line of bounded length; null when nothing is left of it. */
export function raterName(typed: string): string | null {
  const name = typed
    .toWellFormed()
    // Control characters and marks that change the direction of a text have no place in a name.
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  // A cut through a character would leave half of it.
  return name === ''
    ? null
    : name
        .slice(0, MAX_RATER)
        .replace(/\p{Cs}$/u, '')
        .trim();
}
