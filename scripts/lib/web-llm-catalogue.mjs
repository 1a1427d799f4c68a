/** What the app must know of the pinned @mlc-ai/web-llm without loading its 6 MB: its list of models, and what it offers libraries. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { factsOf } from './web-llm-facts.mjs';

const require = createRequire(import.meta.url);

/** The content of src/models/web-llm-catalogue.json. */
export async function readCatalogue() {
  const main = require.resolve('@mlc-ai/web-llm');
  const { version } = JSON.parse(await readFile(join(dirname(main), '..', 'package.json'), 'utf8'));
  const { prebuiltAppConfig, modelLibURLPrefix, ModelType } = await import('@mlc-ai/web-llm');
  const records = prebuiltAppConfig.model_list;
  const models = records
    // Those of other types do not write text; those with a package manifest have another layout of files.
    .filter((record) => (record.model_type ?? ModelType.LLM) === ModelType.LLM)
    .filter((record) => record.model_manifest === undefined)
    .map((record) => ({
      id: record.model_id,
      model: record.model,
      library: record.model_lib.slice(modelLibURLPrefix.length),
      vramMB: record.vram_required_MB,
      bufferBytes: record.buffer_size_required_bytes ?? null,
      lowResource: record.low_resource_required === true,
      f16: /q\df16/u.test(record.model_id) || (record.required_features ?? []).includes('shader-f16'),
      ...factsOf(record.model_id),
      overrides: record.overrides ?? {},
    }));
  const imports = await readImports(main);
  return { version, records: records.length, libraries: modelLibURLPrefix, imports, models };
}

/** Names that a model library may import, as `module.name`. */
async function readImports(main) {
  const source = await readFile(main, 'utf8');
  // Three runtimes are bundled: the one for model libraries knows this function.
  const table = [...source.matchAll(/var wasmImports=\{([^}]*)\}/gu)].find(([, names]) =>
    names.includes('TVMFFIWasmSafeCall'),
  )?.[1];
  const start = source.indexOf('class Environment');
  const own = source.slice(
    source.indexOf('environment(initEnv)', start),
    source.indexOf('return Object.assign(defaultEnv', start),
  );
  if (!table || start < 0 || own === '') throw new Error('web-llm has changed: its imports are not found');
  const wasi = table.split(',').map((pair) => pair.split(':')[0]);
  const added = [...own.matchAll(/^\s*"(\w+)":/gmu)].map(([, name]) => name);
  const env = [...new Set([...wasi, ...added])].sort();
  return [
    ...env.map((name) => `env.${name}`),
    ...wasi.sort().map((name) => `wasi_snapshot_preview1.${name}`),
  ];
}
