/**
 * `npm run bench -- NAME [--json FILE] [options of that bench]`: runs bench/NAME.ts through Vite, so that it sees the
 * project's sources as the app does. Prints its table; the figures go to FILE as JSON. Without a name: lists them.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembly } from './lib/assembly.mjs';
import { checkNode, ensureDependencies, fail, ROOT } from './lib/project.mjs';

const FOLDER = join(ROOT, 'bench');
const [name, ...rest] = process.argv.slice(2);
const jsonAt = rest.indexOf('--json');
const jsonFile = jsonAt < 0 ? null : rest[jsonAt + 1];
if (jsonAt >= 0 && !jsonFile) fail('--json needs the name of a file.');
const args = jsonAt < 0 ? rest : rest.toSpliced(jsonAt, 2);

checkNode();
ensureDependencies();
const { runnerImport } = await import('vite');
const load = async (bench) => {
  const { module } = await runnerImport(join(FOLDER, `${bench}.ts`), {
    root: ROOT,
    plugins: [assembly()],
    logLevel: 'error',
  });
  return module;
};

if (!name || !existsSync(join(FOLDER, `${name}.ts`))) {
  console.log('Benches, for `npm run bench -- NAME --json FILE`:');
  for (const file of readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))) {
    const bench = file.slice(0, -3);
    // The other files in the folder are parts of benches.
    const { run, about } = await load(bench);
    if (run) console.log(`  ${bench}${about ? `: ${about}` : ''}`);
  }
  process.exit(name ? 1 : 0);
}
const { run } = await load(name);
if (!run) fail(`bench/${name}.ts is part of a bench; run \`npm run bench\` for the names.`);
const { json, text } = await run({ args });
console.log(text);
if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify(json, null, 2)}\n`);
process.exit(0);
