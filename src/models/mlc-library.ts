/** The compiled library of a model for web-llm: whether the pinned version can link it, told before anything is stored. */
import { AppError } from '../core/errors';
import { LIBRARY_IMPORTS, WEB_LLM_VERSION } from './catalogue';

const MAX_BYTES = 64 * 1024 * 1024;
/** What the libraries of other versions ask for: the name of the import that only they have. */
const OTHER_VERSIONS: readonly (readonly [RegExp, string])[] = [
  [/TVMWasmPackedCFunc/u, '0.2.79 or older'],
  [/ResetThreadPool|NumThreads/u, '0.2.80 to 0.2.83'],
];

/** @throws AppError bad-file when it is no library of a model, or one for another version */
export async function checkLibrary(file: Blob, name: string): Promise<void> {
  if (file.size > MAX_BYTES) throw bad(name, 'it is too large to be the library of a model');
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(await file.arrayBuffer());
  } catch {
    throw bad(name, 'it is not WebAssembly, or damaged');
  }
  const asks = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (!asks.some((entry) => /TVM/u.test(entry))) throw bad(name, 'it is not the library of a model');
  const missing = asks.filter((entry) => !LIBRARY_IMPORTS.has(entry));
  if (missing.length === 0) return;
  const other = OTHER_VERSIONS.find(([pattern]) => missing.some((entry) => pattern.test(entry)))?.[1];
  const made = other === undefined ? 'another version of web-llm' : `web-llm ${other}`;
  throw bad(name, `it was made for ${made}, and this app has ${WEB_LLM_VERSION}`);
}

const bad = (name: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: `“${name}” cannot be used: ${detail}.` });
