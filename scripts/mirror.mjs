/**
 * `npm run mirror -- model.gguf --name NAME --licence Apache-2.0 [--into DIR] [--beside FILE]...`: cuts a model into the
 * pieces that the app fetches from its own address, for networks that do not reach the model's source.
 * `npm run mirror -- --check` hashes all pieces again; `--index` lists models that were copied into the folder by hand.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addToMirror, checkMirror, manifestsOf, writeIndex } from './lib/mirror.mjs';
import { checkNode, fail, ROOT } from './lib/project.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** The folder `models` beside the served page. */
    into: { type: 'string', default: join(ROOT, 'public/models') },
    name: { type: 'string' },
    licence: { type: 'string', default: 'unknown' },
    /** Licence, notice and card, which are laid beside the pieces. */
    beside: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
    index: { type: 'boolean', default: false },
  },
});
checkNode();

const [file, ...more] = positionals;
if (values.check) {
  const faults = await checkMirror(values.into);
  if (faults.length > 0) fail(faults.join('\n'));
  console.log(`${(await manifestsOf(values.into)).length} models in ${values.into}, all pieces intact.`);
} else if (values.index) {
  await writeIndex(values.into);
} else if (file !== undefined && more.length === 0) {
  const { sha256, pieces, bytes } = await addToMirror(file, values.into, {
    name: values.name ?? file.replace(/^.*[\\/]/u, '').replace(/\.gguf$/iu, ''),
    licence: values.licence,
    beside: values.beside,
  });
  console.log(`${pieces.length} pieces, ${bytes} bytes: ${join(values.into, sha256)}`);
} else {
  fail('Name one file: npm run mirror -- model.gguf --name "Its name" --licence Apache-2.0');
}
