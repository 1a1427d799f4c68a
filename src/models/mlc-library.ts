/** Checks, before anything is stored, whether the pinned version of web-llm can link a model's compiled library. */
import { AppError } from '../core/errors';
import { LIBRARY_IMPORTS, WEB_LLM_VERSION } from './catalogue';
import { WORDS } from './words';

const MAX_BYTES = 64 * 1024 * 1024;
/** Imports that only libraries of other versions have. */
const OTHER_VERSIONS: readonly (readonly [RegExp, string])[] = [
  [/TVMWasmPackedCFunc/u, WORDS.webLlm.versions.old],
  [/ResetThreadPool|NumThreads/u, WORDS.webLlm.versions.recent],
];

/** @throws AppError bad-file when it is not a model's library, or one for another version */
export async function checkLibrary(file: Blob, name: string): Promise<void> {
  if (file.size > MAX_BYTES) throw bad(name, WORDS.webLlm.largeLibrary);
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(await file.arrayBuffer());
  } catch {
    throw bad(name, WORDS.webLlm.notWebAssembly);
  }
  const asks = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (!asks.some((entry) => /TVM/u.test(entry))) throw bad(name, WORDS.webLlm.notLibrary);
  const missing = asks.filter((entry) => !LIBRARY_IMPORTS.has(entry));
  if (missing.length === 0) return;
  const other = OTHER_VERSIONS.find(([pattern]) => missing.some((entry) => pattern.test(entry)))?.[1];
  const made = other === undefined ? WORDS.webLlm.anyVersion : WORDS.webLlm.version(other);
  throw bad(name, WORDS.webLlm.otherVersion(made, WEB_LLM_VERSION));
}

const bad = (name: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.notUsable(name, detail) });
