/** A whole base model of a few thousand random numbers as its three files, with a tokenizer that knows every byte. */
import type { HubFiles } from '../weights/base-weights';
import { readSafetensors, writeSafetensors } from '../weights/safetensors';
import { randomLlama } from './random-llama';

const CONFIG = { vocab_size: 260, hidden_size: 8, intermediate_size: 16, max_position_embeddings: 128 };
export const END_OF_TEXT = '<|endoftext|>';
const END_ID = 256;

/** A token for each byte. Bytes that do not print have letters of their own, as in every byte-level tokenizer. */
export function byteLetters(): readonly string[] {
  const prints = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(prints(byte) ? byte : 256 + others++));
}

/** One token for each byte and the end of text; cut as GPT-2 cuts. */
function byteTokenizer(): object {
  const letters = byteLetters();
  return {
    version: '1.0',
    added_tokens: [{ id: END_ID, content: END_OF_TEXT, special: true, normalized: false }],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: { type: 'BPE', vocab: Object.fromEntries(letters.map((letter, id) => [letter, id])), merges: [] },
  };
}

/**
 * @param change other values of config.json; the weights stay as they are
 * @param sizes other values of config.json, of which the weights are made
 */
export function randomBase(
  change: Readonly<Record<string, unknown>> = {},
  sizes: Readonly<Record<string, unknown>> = {},
): HubFiles {
  const llama = randomLlama({ ...CONFIG, ...sizes, eos_token_id: END_ID });
  return {
    config: new Blob([JSON.stringify({ ...llama.json, ...change })]),
    weights: llama.file(),
    tokenizer: new Blob([JSON.stringify(byteTokenizer())]),
  };
}

/** The weights of `randomBase` in two files with an index. */
export async function splitWeights(): Promise<{ index: Blob; shards: ReadonlyMap<string, Blob> }> {
  const { tensors } = await readSafetensors(randomBase().weights);
  const all = [...tensors].map(([name, { dtype, shape, file, start, end }]) => ({
    ...{ name, dtype, shape },
    bytes: file.slice(start, end),
  }));
  const half = Math.ceil(all.length / 2);
  const parts = [all.slice(0, half), all.slice(half)];
  const nameOf = (i: number): string => `model-${i + 1}-of-2.safetensors`;
  const places = parts.flatMap((part, i) => part.map(({ name }) => [name, nameOf(i)]));
  return {
    index: new Blob([JSON.stringify({ weight_map: Object.fromEntries(places) as object })]),
    shards: new Map(parts.map((part, i) => [nameOf(i), writeSafetensors(part)])),
  };
}
