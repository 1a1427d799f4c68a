/** Parses the answer to "is this a classification task?": yes in upper or lower case, anything else is no. */
export const parseClassification = (text: string): boolean => /^\W*yes(?![\p{L}\p{N}])/iu.test(text);
