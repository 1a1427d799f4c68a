/**
 * The tensors of a GGUF file by its header: offset and length of each, checked against the file. llama.cpp loads
 * incomplete files without an error.
 */
import { badGguf, type GgufHeader, GgufReader, MAX_HEADER_BYTES, readGgufHeader } from './gguf-header';
import { WORDS } from './words';

/** A tensor in a file: where its bytes are. */
export interface GgufTensor {
  readonly name: string;
  /** Sizes, the fastest running first. */
  readonly shape: readonly number[];
  /** Number of ggml's storage type. */
  readonly type: number;
  /** Null for types that came after this list. */
  readonly bytes: number | null;
  /** From the beginning of the file. */
  readonly at: number;
}

/** Elements and bytes of one block of each storage type of ggml, by its number. */
const BLOCKS: ReadonlyMap<number, readonly [elements: number, bytes: number]> = new Map([
  [0, [1, 4]], // F32
  [1, [1, 2]], // F16
  [2, [32, 18]], // Q4_0
  [3, [32, 20]], // Q4_1
  [6, [32, 22]], // Q5_0
  [7, [32, 24]], // Q5_1
  [8, [32, 34]], // Q8_0
  [10, [256, 84]], // Q2_K
  [11, [256, 110]], // Q3_K
  [12, [256, 144]], // Q4_K
  [13, [256, 176]], // Q5_K
  [14, [256, 210]], // Q6_K
  [16, [256, 66]], // IQ2_XXS
  [17, [256, 74]], // IQ2_XS
  [18, [256, 98]], // IQ3_XXS
  [19, [256, 50]], // IQ1_S
  [20, [32, 18]], // IQ4_NL
  [21, [256, 110]], // IQ3_S
  [22, [256, 82]], // IQ2_S
  [23, [256, 136]], // IQ4_XS
  [24, [1, 1]], // I8
  [25, [1, 2]], // I16
  [26, [1, 4]], // I32
  [27, [1, 8]], // I64
  [28, [1, 8]], // F64
  [29, [256, 56]], // IQ1_M
  [30, [1, 2]], // BF16
  [34, [256, 54]], // TQ1_0
  [35, [256, 66]], // TQ2_0
  [39, [32, 17]], // MXFP4
]);
const MAX_TENSORS = 100_000;
const MAX_DIMENSIONS = 4;
const ALIGNMENT = 32;

/** @throws AppError bad-file when a tensor is outside of the file, or the header contradicts itself. */
export async function readGgufTensors(
  file: Blob,
): Promise<{ readonly header: GgufHeader; readonly tensors: readonly GgufTensor[] }> {
  const header = await readGgufHeader(file);
  if (header.tensorCount > MAX_TENSORS) throw badGguf(WORDS.gguf.manyTensors);
  const bytes = await file.slice(0, MAX_HEADER_BYTES).arrayBuffer();
  const reader = new GgufReader(bytes, header.end);
  const found = Array.from({ length: header.tensorCount }, () => {
    const name = reader.string();
    const dimensions = reader.u32();
    if (dimensions > MAX_DIMENSIONS) throw badGguf(WORDS.gguf.manyDimensions);
    const shape = Array.from({ length: dimensions }, () => reader.u64());
    const type = reader.u32();
    return { name, shape, type, bytes: tensorBytes(name, shape, type), offset: reader.u64() };
  });
  const given = header.metadata.get('general.alignment') ?? ALIGNMENT;
  if (typeof given !== 'number' || !Number.isSafeInteger(given) || given < 1) {
    throw badGguf(WORDS.gguf.badAlignment);
  }
  const dataAt = Math.ceil(reader.at / given) * given;
  const names = new Set<string>();
  const tensors = found.map(({ offset, ...tensor }): GgufTensor => {
    const at = dataAt + offset;
    if (names.has(tensor.name)) throw badGguf(WORDS.gguf.repeated(tensor.name));
    names.add(tensor.name);
    const end = at + (tensor.bytes ?? 0);
    if (end > file.size) {
      throw badGguf(WORDS.gguf.incomplete(tensor.name, end, file.size));
    }
    return { ...tensor, at };
  });
  return { header, tensors };
}

function tensorBytes(name: string, shape: readonly number[], type: number): number | null {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(elements)) throw badGguf(WORDS.gguf.largeTensor(name));
  const block = BLOCKS.get(type);
  if (!block) return null;
  const [blockElements, blockBytes] = block;
  if ((shape[0] ?? 1) % blockElements !== 0) throw badGguf(WORDS.gguf.partialBlock(name));
  return (elements / blockElements) * blockBytes;
}
