/** Words as people count them: what stands between white space. The rules, the statistics and the screens count alike. */
export const wordCount = (text: string): number => text.split(/\s+/u).filter(Boolean).length;
