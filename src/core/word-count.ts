/** Words separated by white space, for the rules, the statistics and the screens. */
export const wordCount = (text: string): number => text.split(/\s+/u).filter(Boolean).length;
