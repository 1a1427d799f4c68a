/** Names of copies from disk while they are written: unlike downloads, they cannot resume. */

const PREFIX = 'copy ';

/** @param what names the files: of another name, it is another copy */
export const copyKey = (what: string): string => PREFIX + what;
/** Whether a staging is a copy from disk. */
export const isCopy = (key: string): boolean => key.startsWith(PREFIX);
