/** Names of files that are handed to the user. */
const MAX_NAME = 80;

/** A part of a file's name made of any text: letters and digits of any script; what file systems refuse becomes a hyphen. */
export const fileName = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._]+/gu, '-')
    .slice(0, MAX_NAME)
    // A cut through a character would leave half of it.
    .replace(/\p{Cs}$/u, '')
    .replace(/^[-.]+|[-.]+$/gu, '') || 'unnamed';
