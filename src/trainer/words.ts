/** Why a training cannot start or go on. */
export const WORDS = {
  noGpu: (note: string): string => `No GPU was found${note}`,
  gpuUnusable: (reason: string): string => `; the GPU could not be used (${reason})`,
  noDevice: 'no device',
  noReason: 'no reason given',
  checkpointStep: 'The checkpoint belongs to another step than it states.',
  checkpointShape: (name: string): string =>
    `The checkpoint belongs to another model: ${name} has another shape.`,
  noExamples: (examples: number, max: number): string =>
    `No example is left: all ${examples} are longer than ${max} tokens.`,
  notANumber: (what: string): string => `${what} is no longer a number.`,
  gradient: 'the gradient',
  loss: 'the loss',
  noEndToken: 'The tokenizer has no token that ends a text, so the model could not learn to stop.',
  badTokenizer: 'The tokenizer (tokenizer.json) cannot be used; it may be damaged.',
  otherTokenizer: 'The tokenizer does not belong to this model: it has tokens that the model lacks.',
  badWeights: (name: string): string =>
    `The weights are damaged: ${name} contains values that are not numbers.`,
} as const;
