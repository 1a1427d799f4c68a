/** Counts what jax-js holds on its WebAssembly backend in Node: the library itself does not tell. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Backend {
  malloc(size: number, data?: Uint8Array): number;
  incRef(slot: number): void;
  decRef(slot: number): void;
}
export interface LiveMemory {
  /** Buffers and bytes that are alive now. */
  readonly slots: number;
  readonly bytes: number;
  /** Highest number of bytes since `forget`. */
  readonly peak: number;
  forget(): void;
}

/** To be called once, before anything is computed. */
export function watchMemory(): LiveMemory {
  // Node's own loader: the one of the tests would make a second copy of the library.
  const load = createRequire(import.meta.url);
  const folder = dirname(load.resolve('@jax-js/jax'));
  // The backend is in a chunk whose exports have short names.
  const chunk = readdirSync(folder).find((name) => /^backend-.*\.js$/u.test(name)) ?? '';
  const exported = load(join(folder, chunk)) as Record<string, (device: string) => Backend>;
  const getBackend = Object.values(exported).find(({ name }) => name === 'getBackend');
  if (!getBackend) throw new Error('jax-js has another layout');
  const backend = getBackend('wasm');
  const live = new Map<number, { readonly size: number; references: number }>();
  let bytes = 0;
  let peak = 0;
  const malloc = backend.malloc.bind(backend);
  const incRef = backend.incRef.bind(backend);
  const decRef = backend.decRef.bind(backend);
  backend.malloc = (size, data) => {
    const slot = malloc(size, data);
    live.set(slot, { size, references: 1 });
    bytes += size;
    peak = Math.max(peak, bytes);
    return slot;
  };
  backend.incRef = (slot) => {
    incRef(slot);
    const entry = live.get(slot);
    if (entry) entry.references++;
  };
  backend.decRef = (slot) => {
    decRef(slot);
    const entry = live.get(slot);
    if (!entry || --entry.references > 0) return;
    live.delete(slot);
    bytes -= entry.size;
  };
  return {
    get slots() {
      return live.size;
    },
    get bytes() {
      return bytes;
    },
    get peak() {
      return peak;
    },
    forget: () => (peak = bytes),
  };
}
