/** Why files of weights, configurations and tokenizers are refused. */
const config = 'The configuration (config.json)';
const noBiases = 'This model has biases in its matrices, which is not supported.';
const notSafetensors = 'This is not a safetensors file';
const damagedHeader = 'The safetensors header is damaged';

export const WORDS = {
  tensor: {
    notNumbers: (name: string): string => `The tensor ${name} contains values that are not numbers.`,
    tooLarge: (name: string, precision: string): string =>
      `The tensor ${name} contains numbers that are too large for ${precision}; F32 can store them.`,
    notQuantisable: (name: string): string => `The tensor ${name} contains numbers that cannot be quantised.`,
    missing: (name: string): string => `The weights have no tensor named ${name}.`,
    otherType: (name: string, type: string): string =>
      `The tensor ${name} has the type ${type}; only F32, F16 and BF16 can be used.`,
    unknownType: (name: string, type: string): string => `The tensor ${name} has an unknown type: ${type}.`,
    otherShape: (name: string, shape: readonly number[], expected: readonly number[]): string =>
      `The weights do not match the configuration: ${name} is ${shape.join(' x ')}, not ${expected.join(' x ')}.`,
  },
  adapter: {
    foreign: (name: string): string =>
      `The adapter does not belong on this model, which has no matrix for ${name}.`,
    otherShape: (name: string): string =>
      `The adapter does not belong on this model: its part for ${name} has another size.`,
  },
  /** Clauses, after a colon. */
  gguf: {
    refused: (reason: string): string => `This is not a usable GGUF file: ${reason}.`,
    shortHeader: 'the header is incomplete',
    largeNumber: 'a number in the header is too large',
    largeLength: 'a length in the header is larger than the file',
    deepLists: 'lists are nested too deeply',
    longLists: 'its lists are too long',
    unknownType: (type: number): string => `unknown value type ${type}`,
    unreadable: 'it cannot be read',
    noMagic: 'it does not begin with "GGUF"',
    unknownVersion: (version: number): string => `version ${version} is unknown`,
    manyEntries: 'it has too many entries',
    manyTensors: 'it has too many tensors',
    manyDimensions: 'a tensor has too many dimensions',
    badAlignment: 'its alignment is not a number',
    repeated: (name: string): string => `tensor “${name}” appears twice`,
    incomplete: (name: string, end: number, size: number): string =>
      `it is incomplete: tensor “${name}” would end at byte ${end}, the file ends at ${size}`,
    largeTensor: (name: string): string => `tensor “${name}” is too large`,
    noTokenizer: 'it has no tokenizer',
    otherTokenizer: 'its tokenizer is of a kind that cannot be used here',
    missing: (name: string): string => `tensor “${name}” is missing`,
    otherNumbers: (name: string): string =>
      `tensor “${name}” stores its numbers in a way that cannot be read here`,
    partialBlock: (name: string): string => `tensor “${name}” does not consist of whole blocks`,
  },
  json: {
    tooLong: (name: string): string => `“${name}” is too long for such a file.`,
    notJson: (name: string): string => `“${name}” is not JSON: it is damaged, incomplete or another file.`,
  },
  config: {
    notSettings: `${config} is not a list of a model's settings.`,
    aSetting: 'a setting',
    badValue: (key: string): string => `${config} has no usable value for ${key}.`,
    badHeads: `${config} contradicts itself: its heads do not match its width.`,
    scaledPositions: 'This model scales its rotary positions, which is not supported.',
    otherKind: (kind: string): string =>
      `Only models of the Llama architecture can be used; this file has: ${kind}.`,
    otherActivation: 'This model has another activation function than Llama (silu).',
    noBiases,
    quantised: 'The weights of this model are quantised; F32, F16 or BF16 is needed.',
    unknownToken: `${config} has a token that is not in the vocabulary.`,
  },
  safetensors: {
    gone: 'The weights can no longer be read; the file may have been moved or changed.',
    ended: 'The weights are incomplete.',
    tooShort: `${notSafetensors}: it is too short.`,
    longHeader: `${notSafetensors}, or it is incomplete: its header is too long.`,
    badNotes: `${damagedHeader}: its metadata are not texts.`,
    gaps: `${damagedHeader}: tensors overlap or leave gaps.`,
    tooLong: 'The file of weights is longer than its header states.',
    notJson: `${notSafetensors}: its header is not JSON.`,
    noTensors: `${notSafetensors}: its header has no tensors.`,
    manyTensors: 'The safetensors header has too many tensors.',
    badTensor: (name: string): string => `${damagedHeader} at the tensor ${name}.`,
    incomplete: (name: string): string => `The file of weights is incomplete: the tensor ${name} is cut off.`,
    badSize: (name: string): string =>
      `${damagedHeader}: the size of the tensor ${name} does not match its shape.`,
    badIndex: (file: string): string => `The index of the weights (${file}) is damaged.`,
    manyFiles: (files: number): string => `The weights are in ${files} files, more than can be read.`,
    missingFile: (name: string): string => `A file of the weights is missing: ${name}.`,
    notInFile: (file: string, name: string): string =>
      `The file ${file} does not have the tensor ${name} that the index lists.`,
  },
  tokenizer: {
    damaged: 'The tokenizer (tokenizer.json) is damaged, or is not of the kind of Llama models.',
    badNumber: 'A token in tokenizer.json has no usable number.',
    repeated: (number: number): string => `Two tokens in tokenizer.json have the number ${number}.`,
    tooLarge: (largest: number, size: number): string =>
      `The tokenizer does not match the model: it has token number ${largest}, but the model has ${size} tokens.`,
    lacksToken: 'The tokenizer (tokenizer.json) does not match the model: it lacks a token.',
    notForGguf: (reason: string): string =>
      `The tokenizer (tokenizer.json) cannot be written into a GGUF file: ${reason}.`,
    badMerge: 'one of its merges does not have two parts',
    notByteLevel: 'it is not a byte-level BPE',
    normalises: 'it changes text before tokenising it',
    unknownSplit: 'llama.cpp has no name for its way of splitting text',
  },
} as const;
