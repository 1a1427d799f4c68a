/** Why a file, or a record in it, cannot be read. Reasons are clauses: they are shown after a colon. */
const locked = 'it is protected by a password';
const noDirectory = 'its list of files is missing, so the file is incomplete';

export const WORDS = {
  /** What is wrong with a whole file. */
  unreadable: (file: string, reason: string): string => `“${file}” cannot be read: ${reason}.`,
  gone: 'The file can no longer be read.',
  moved: 'it may have been moved or changed',
  notUtf8: 'this is not UTF-8 text. Save the file as UTF-8',
  brokenUtf16: 'it is UTF-16 text and has half of a character, or is cut. Save the file as UTF-8',
  /** By the first bytes of the file. */
  signatures: {
    gzip: 'it is a gzip file. Unpack it first',
    zip: 'it is a zip archive or an Office document',
    parquet: 'it is a Parquet file',
    zstandard: 'it is a Zstandard file. Unpack it first',
    pdf: 'it is a PDF',
  },
  record: {
    tooLong: (bytes: number): string => `it is longer than ${Math.round(bytes / 1024)} kB`,
    manyCells: (max: number): string => `it has more than ${max} cells`,
    textAfterQuote: 'there is text between a closing quote and the next separator',
    openQuote: 'a quoted cell has no end: a quote is missing, or the file is incomplete',
    openList: 'the list has no end, so the file is incomplete',
    textAfterList: 'there is text after the end of the list',
  },
  zip: {
    locked,
    longDirectory: 'its list of files is too long',
    badDirectory: 'its list of files is damaged',
    noDirectory,
    packing: (name: string): string => `“${name}” is compressed by a method that cannot be read`,
    manyFiles: (max: number): string => `it has more than ${max} files`,
    damaged: (name: string): string => `“${name}” is damaged`,
    large: (mib: number): string => `its files are larger than ${mib} MB when unpacked`,
    ratio: (name: string, max: number): string => `“${name}” unpacks to more than ${max} times its size`,
    split: 'it is one part of a split archive. Join the parts first',
    overlap: 'some of its files overlap',
  },
} as const;
