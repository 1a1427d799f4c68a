/** Shared by all writers of weights: conversion of precision, reordered rows, progress and stopping. */
import { badFile } from './bad-file';
import { toBfloat, toHalf } from './half-floats';
import type { LlamaWeights } from './llama-weights';
import { WORDS } from './words';

/** How a float is stored: 32 bits, IEEE half, or bfloat16. */
export type Precision = 'F32' | 'F16' | 'BF16';

/** Called between tensors with the tensors done, and their number. */
export type ConversionProgress = (done: number, total: number) => void;

/** Stops a conversion between two tensors, and gets its progress. */
export interface ConversionWatch {
  readonly signal: AbortSignal;
  readonly onProgress?: ConversionProgress | undefined;
}

/** The bytes of an array of numbers, without a copy. */
export const bytesOf = (
  values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/**
 * Floats in the wanted precision.
 * @param name Of the tensor, for the message.
 * @throws AppError bad-file when a value is NaN, or too large for F16
 */
export function narrowed(
  values: Float32Array<ArrayBuffer>,
  precision: Precision,
  name: string,
): Uint8Array<ArrayBuffer> {
  if (!values.every(Number.isFinite)) throw badFile(WORDS.tensor.notNumbers(name));
  if (precision === 'F32') return bytesOf(values);
  const narrow = precision === 'F16' ? toHalf(values) : toBfloat(values);
  const infinity = precision === 'F16' ? 0x7c00 : 0x7f80;
  if (narrow.some((bits) => (bits & 0x7fff) === infinity)) {
    throw badFile(WORDS.tensor.tooLarge(name, precision));
  }
  return bytesOf(narrow);
}

/** One tensor in the wanted precision. */
export async function inPrecision(
  weights: LlamaWeights,
  name: string,
  precision: Precision,
): Promise<Uint8Array<ArrayBuffer>> {
  const { type, bytes } = await weights.readStored(name);
  if (type === precision) return bytes;
  return narrowed(await weights.readTensor(name), precision, name);
}

/**
 * Rows of queries or keys in llama.cpp's order. The Hugging Face layout rotates a head's first half against its second;
 * llama.cpp rotates neighbours. So row `j` of the first half goes to place `2 j`, of the second half to `2 j + 1`.
 * @param bytes `heads * headSize` rows of equal length, of any kind of number.
 */
export const interleavedRows = (
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  headSize: number,
): Uint8Array<ArrayBuffer> => movedRows(bytes, rows, (row) => [row, interleavedPlace(row, headSize)]);

/** The way back: rows of a llama.cpp file in the order of the Hugging Face layout. */
export const halvedRows = (
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  headSize: number,
): Uint8Array<ArrayBuffer> => movedRows(bytes, rows, (row) => [interleavedPlace(row, headSize), row]);

function movedRows(
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  move: (row: number) => readonly [from: number, to: number],
): Uint8Array<ArrayBuffer> {
  const rowBytes = bytes.length / rows;
  const out = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    const [from, to] = move(row);
    out.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), to * rowBytes);
  }
  return out;
}

function interleavedPlace(row: number, headSize: number): number {
  const place = row % headSize;
  const half = headSize / 2;
  return row - place + (place < half ? 2 * place : 2 * (place - half) + 1);
}
