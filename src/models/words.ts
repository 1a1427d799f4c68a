/** Why files of models are refused, what a download failed at, and notes of models. Reasons follow a colon. */
const memory = 'it has more than 3.9 GB, and a page gets 4 GB in all';

export const WORDS = {
  notUsable: (file: string, reason: string): string => `“${file}” cannot be used: ${reason}.`,
  size: (bytes: number, expected: number): string => `it has ${bytes} bytes instead of ${expected}`,
  gguf: {
    vision: 'the image part of a model',
    embedding: 'a model that compares texts',
    encoderDecoder: 'a model that rewrites one text into another',
    speech: 'a model for speech',
    noKind: 'it has no model type',
    adapter:
      'it is an adapter, not a whole model; import the zip or folder that PEFT reads (adapter_config.json and adapter_model.safetensors)',
    cannotWrite: (what: string): string => `it is ${what}, which cannot write instructions`,
    part: (parts: number): string =>
      `it is one of ${parts} parts; join them with llama-gguf-split --merge first`,
    noWeights: 'it has no weights',
    noTokenizer: 'it has no tokenizer',
    memory,
    several: 'it has several .gguf files; choose the file of one model',
    noPiece: (sha256: string): string =>
      `the piece ${sha256.slice(0, 12)}… of the model is missing or cut; copy the folder again`,
  },
  adapter: {
    noWeights: 'adapter_model.safetensors is missing: it holds what was learned',
    several: 'it has several adapters side by side; choose the folder of one',
    otherKind: (setting: string): string =>
      `it is not a plain LoRA adapter, or its settings are damaged (“${setting}”)`,
    otherRank: (rank: number): string => `its settings say rank ${rank}, which its matrices do not have`,
    noBase: (base: string): string =>
      `no model here has matrices of its names and sizes; import its base model first${base === '' ? '' : ` (${base})`}, as a GGUF file of the Llama kind`,
    severalBases: (names: readonly string[]): string =>
      `it fits on several models here (${names.join(', ')}), and its settings name none of them`,
  },
  download: {
    failed: (url: string, reason: string): string => `The address ${url} ${reason}.`,
    tooLong: 'has a longer file than expected',
    otherSize: (bytes: number, expected: number): string =>
      `has a file of ${bytes} bytes instead of ${expected}`,
    page: 'leads to a web page, not a file; copy the address of its download button',
    notHttps: 'does not begin with https://',
    connectionLost: 'The connection was lost.',
    damagedPiece:
      'has a damaged piece of the model. What came before it is kept; whoever runs that server can find it with npm run mirror -- --check',
  },
  files: {
    partial: (bytes: number): string => `Only ${bytes} of its first bytes are stored.`,
    unreadable: 'The stored part of the file cannot be read.',
    tooLong: (max: number): string => `It is longer than the expected ${max} bytes.`,
    written: (written: number, bytes: number): string => `${written} of ${bytes} bytes were written`,
    folderExists: 'there is already a folder of this name',
    notWritten: (name: string, reason: string): string => `“${name}” could not be written there: ${reason}.`,
    emptyFolder: 'The folder is empty.',
    longName: 'Its name is too long.',
    badName: (name: string): string => `“${name}” is not a valid file name.`,
    noFileSystem: 'This browser gives pages no file system, so no model can be stored.',
    inUse: 'Another tab is using this file. Close it, or wait until it has finished.',
    checksum: 'its checksum differs, so it was damaged on the way or is another file',
    notKept: (name: string, reason: string): string => `“${name}” was not stored: ${reason}.`,
    ended: 'This import has ended.',
    otherTab: 'Another tab is downloading or creating this model. Wait for it, or close that tab.',
  },
  webLlm: {
    noCaches:
      'Browsers keep models for the GPU only for pages that came over https or from this computer (localhost)',
    otherShape: (library: string, name: string, differences: readonly string[]): string =>
      `“${library}” has another shape than “${name}” (${differences.join(', ')}), so its library cannot run it.`,
    difference: (key: string, one: string, other: string): string => `${key} ${one} and ${other}`,
    noShape: (name: string): string => `The settings of “${name}” do not give its sizes.`,
    noTokenizer: 'it lists neither tokenizer.json nor tokenizer.model',
    badShard: (path: string): string => `it lists “${path}” twice, or that is not a file of weights`,
    repeated: (name: string): string => `tensor “${name}” appears twice`,
    outside: (name: string, path: string): string => `tensor “${name}” is outside of ${path}`,
    badLength: (name: string, bytes: number, needed: number): string =>
      `tensor “${name}” has ${bytes} bytes, but its shape needs ${needed}`,
    badSize: 'it is empty or far too large',
    field: (path: string, problem: string): string => `at “${path}”: ${problem}`,
    largeLibrary: 'it is too large for the library of a model',
    notWebAssembly: 'it is not WebAssembly, or damaged',
    notLibrary: 'it is not the library of a model',
    versions: { old: '0.2.79 or older', recent: '0.2.80 to 0.2.83' },
    anyVersion: 'another version of web-llm',
    version: (version: string): string => `web-llm ${version}`,
    otherVersion: (made: string, here: string): string => `it was made for ${made}, and this app has ${here}`,
    missing: (name: string, why: string): string => `${name} is missing: ${why}`,
    why: {
      settings: 'it describes the model',
      tensors: (other: string): string => `it, or ${other}, lists the weights`,
      tokenizer: 'it splits text into tokens',
      weights: 'it contains weights',
    },
    shardSize: (name: string, bytes: number, expected: number): string =>
      `${name} has ${bytes} bytes instead of ${expected}`,
    noLibrary: 'the library of the model is missing: a file that ends in .wasm',
    manyLibraries: 'it has several libraries (.wasm); leave only one',
    manyModels: 'it has several models; choose the folder of one',
    tooLarge: 'too large',
    badCard: (name: string): string => `“${name}” is damaged.`,
    notWhole: (folder: string, reason: string): string =>
      `“${folder}” is not a complete model for web-llm: ${reason}.`,
    notWebLlm: 'It is not a model for web-llm.',
  },
  progress: { writing: 'Writing the weights' },
  notes: {
    builtIn: 'Comes with this page. It has learned the form of instructions better than facts.',
    finetuned: (onGpu: boolean, base: string | null): string =>
      `Finetuned here${onGpu ? ', runs on the GPU' : ''}.${base === null ? '' : ` An adapter, computed on ${base}.`}`,
    noBase: (base: string): string =>
      `This is an adapter for ${base}, which is not on this device. Download ${base} from this list, or add its file: the adapter then works again.`,
    server: (host: string | undefined): string => `Texts are sent to ${host ?? 'the server'}.`,
    stored: (onGpu: boolean): string => `Stored on this device${onGpu ? ', runs on the GPU' : ''}.`,
  },
} as const;
