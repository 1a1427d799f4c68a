/** Codes of the characters that give JSON its shape; as bytes of UTF-8 and as units of UTF-16 they are the same. */
export const QUOTE = 34;
export const COMMA = 44;
export const OPEN_LIST = 91;
export const BACKSLASH = 92;
export const CLOSE_LIST = 93;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;
