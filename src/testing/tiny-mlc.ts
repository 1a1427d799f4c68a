/** A model for web-llm of a few kilobytes, as files: real layout, random weights, a library that only links. */
import type { FolderFile } from '../models/mlc-models';
import { Random } from '../core/random';

/** A WebAssembly module that imports functions by these names, `module.name`, and does nothing. */
export function linkingLibrary(imports: readonly string[]): Blob {
  const text = (value: string): number[] => {
    const bytes = [...new TextEncoder().encode(value)];
    return [...leb(bytes.length), ...bytes];
  };
  const section = (id: number, content: readonly number[]): number[] => [
    id,
    ...leb(content.length),
    ...content,
  ];
  const entries = imports.flatMap((entry) => {
    const dot = entry.indexOf('.');
    return [...text(entry.slice(0, dot)), ...text(entry.slice(dot + 1)), 0, 0];
  });
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(2, [...leb(imports.length), ...entries]),
    // One page of memory, by the name under which runtimes look for it.
    ...section(5, [1, 0, 1]),
    ...section(7, [1, ...text('memory'), 2, 0]),
  ];
  return new Blob([Uint8Array.from(bytes)]);
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return bytes;
  }
}

const SHARDS = 2;
const ROWS = 16;
const COLUMNS = 32;

/** @param seed other seeds give other weights */
export function tinyMlcFolder(library: Blob, seed = 1): FolderFile[] {
  const random = new Random(seed);
  const shards = Array.from({ length: SHARDS }, () =>
    Float32Array.from({ length: ROWS * COLUMNS }, () => random.next() - 0.5),
  );
  const bytes = ROWS * COLUMNS * 4;
  const tensors = {
    metadata: { ParamSize: SHARDS, ParamBytes: SHARDS * bytes },
    records: shards.map((_, i) => ({
      dataPath: `params_shard_${i}.bin`,
      format: 'raw-shard',
      nbytes: bytes,
      records: [
        {
          name: `w${i}`,
          shape: [ROWS, COLUMNS],
          dtype: 'float32',
          format: 'raw',
          nbytes: bytes,
          byteOffset: 0,
        },
      ],
    })),
  };
  const settings = {
    model_type: 'llama',
    quantization: 'q0f32',
    context_window_size: 256,
    tokenizer_files: ['tokenizer.json'],
    conv_template: { name: 'LM' },
  };
  const json = (value: unknown): Blob => new Blob([JSON.stringify(value)]);
  return [
    { name: 'tiny/mlc-chat-config.json', file: json(settings) },
    { name: 'tiny/ndarray-cache.json', file: json(tensors) },
    { name: 'tiny/tokenizer.json', file: json({ model: { type: 'BPE', vocab: {}, merges: [] } }) },
    { name: 'tiny/tiny-webgpu.wasm', file: library },
    ...shards.map((shard, i) => ({ name: `tiny/params_shard_${i}.bin`, file: new Blob([shard]) })),
    { name: 'tiny/README.md', file: new Blob(['# Tiny']) },
  ];
}
