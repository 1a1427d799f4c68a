/**
 * Characters that are kept as they are, but that a user should know of: they cannot be seen, they turn the text around, or
 * not every file can hold them.
 */
export const ODD_CHARACTERS = ['half', 'control', 'hidden'] as const;

/** Half of a character (a lone surrogate); NUL and its like; invisible or direction-changing characters. */
export type OddCharacter = (typeof ODD_CHARACTERS)[number];

/** All but tab and line ends. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u;
/** Zero-width and direction marks, tags, and letters buried under many marks. */
const HIDDEN = /[\u200b\u2060\u2061-\u2064\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{M}{5,}/u;

const IS: Readonly<Record<OddCharacter, (text: string) => boolean>> = {
  half: (text) => !text.isWellFormed(),
  control: (text) => CONTROL.test(text),
  hidden: (text) => HIDDEN.test(text),
};

/** Whether any of the texts has a character of this kind. */
export const hasOdd = (kind: OddCharacter, texts: readonly string[]): boolean => texts.some(IS[kind]);
