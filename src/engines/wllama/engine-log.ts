/**
 * The log of llama.cpp: the only place that tells why something failed, and whether the GPU is really used. Where no GPU
 * is available it falls back to the CPU without telling its caller.
 */
import type { Failure } from '../../core/errors';
import { WORDS } from '../words';

/** Printed when it opens the GPU, whether a model is put on it or not. */
const ADAPTER =
  /^ggml_webgpu: adapter_info: vendor_id: \d+ \| vendor: (.*?) \| architecture: (.*?) \| device_id: \d+ \| name: (.*?) \| device_desc: (.*)$/u;
/** Where the weights are, one line for each kind of memory. */
const WEIGHTS = /^load_tensors:\s+WebGPU\S* model buffer size =\s*([\d.]+) MiB/u;
/** Its own lines, and those with which its code ends the program. "Failed to get an adapter" is not a fault. */
const FAULT =
  /^(?:ggml_webgpu: (?:Device |.*(?:failed|timed out|exhausted))|\S*ggml-webgpu\S*:\d+: |.*(?:failed|unable) to allocate WebGPU)/u;
const MEMORY = /out.?of.?memory|allocate/iu;

/** Reads llama.cpp's log while it loads and computes. */
export class EngineLog {
  lastError: string = WORDS.llama.noReason;
  /**
   * What went wrong on the GPU. It may go on without an error: what it computes from then on is not to be
   * trusted.
   */
  fault: Failure | null = null;
  #adapter = '';
  #onAdapter = false;

  /** The GPU with weights of the model, as the browser names it; null where all are on the CPU. */
  get gpu(): string | null {
    return this.#onAdapter ? this.#adapter : null;
  }

  // Notes of llama.cpp come as `debug`; among them are texts from the model's file, so that faults are not read there.
  debug = (...parts: unknown[]): void => this.#note(parts);
  log = (...parts: unknown[]): void => {
    this.#note(parts);
    this.#fail(parts);
  };
  warn = (): void => undefined;
  error = (...parts: unknown[]): void => {
    this.lastError = lineOf(parts) || this.lastError;
    this.#fail(parts);
  };

  #note(parts: readonly unknown[]): void {
    const line = lineOf(parts);
    const adapter = ADAPTER.exec(line);
    if (adapter) {
      const [, vendor = '', architecture = '', device = '', description = ''] = adapter;
      const named = description.trim() || [vendor, architecture, device].filter(Boolean).join(' ');
      this.#adapter = named || WORDS.llama.unnamedGpu;
    }
    if (Number(WEIGHTS.exec(line)?.[1] ?? 0) > 0) this.#onAdapter = true;
  }

  #fail(parts: readonly unknown[]): void {
    const detail = lineOf(parts);
    // The first one is the cause, the others follow from it.
    if (this.fault || !FAULT.test(detail)) return;
    this.fault = { kind: MEMORY.test(detail) ? 'out-of-memory' : 'device-lost', detail };
  }
}

const lineOf = (parts: readonly unknown[]): string => parts.map(String).join(' ').trim();
