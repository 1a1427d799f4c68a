/** How much room a text takes in the typeface of the interface, without a browser: rather too much than too little. */

/** Widths in parts of the size of letters. */
const NARROW = 0.36;
const PLAIN = 0.58;
const CAPITAL = 0.72;
const WIDE = 0.95;
const FULL = 1.1;

function letterWidth(letter: string): number {
  if (/[iljtfrI.,:;'|!()[\] ’·]/u.test(letter)) return NARROW;
  if (/[mwMW%@—…−]/u.test(letter)) return WIDE;
  if (/[A-Z]/u.test(letter)) return CAPITAL;
  return (letter.codePointAt(0) ?? 0) < 0x0530 ? PLAIN : FULL;
}

/** @param size of the letters, in the units of the result */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += letterWidth(letter);
  return width * size;
}

/** The text, or as much of its beginning as has room, with an ellipsis. */
export function fitted(text: string, room: number, size: number): string {
  if (textWidth(text, size) <= room) return text;
  let start = '';
  for (const letter of text) {
    if (textWidth(`${start}${letter}…`, size) > room) break;
    start += letter;
  }
  return `${start.trimEnd()}…`;
}

/** The text in lines that have room; a word that has none is cut. */
export function wrapped(text: string, room: number, size: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trimStart();
    if (textWidth(longer, size) <= room) lines[lines.length - 1] = longer;
    else lines.push(fitted(word, room, size));
  }
  return lines.filter((line, i) => line !== '' || i > 0);
}
