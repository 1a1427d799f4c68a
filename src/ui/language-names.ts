/** Names of languages, as a model's facts have them. */
const NAMES = new Intl.DisplayNames('en', { type: 'language' });
const LIST = new Intl.ListFormat('en');

/** `English`, `English, German, and Spanish`. @param codes ISO 639, `mul` for many */
export const languageNames = (codes: readonly string[]): string =>
  codes.includes('mul') ? 'many languages' : LIST.format(codes.map((code) => NAMES.of(code) ?? code));
