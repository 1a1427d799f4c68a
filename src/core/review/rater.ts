/** The name of a rater, the same in reviews and evaluations. */

export const MAX_RATER = 60;
/** The setting with the rater's name on this device. */
export const RATER_SETTING = 'review:rater';

/** A typed name as it is stored: one line of bounded length; null when nothing is left. */
export function raterName(typed: string): string | null {
  const name = typed
    .toWellFormed()
    // Control characters and direction marks are removed.
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
