/**
 * Compiles AssemblyScript in the normal build: `import wasm from './engine.ts?assembly'` gives the WebAssembly of that
 * entry as base64, the same way in the dev server, the build, workers, tests and benches. In a module rather than as a
 * file of its own, since a worker then needs no request before it can answer. What was compiled once is kept in
 * node_modules/.cache, by the hash of the sources and settings.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ROOT } from './project.mjs';

const QUERY = '?assembly';
const VIRTUAL = '\0assembly:';
const SETTINGS = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
  // The engine is for 32-bit memory, and no vector crosses to JavaScript.
  ...['--disableWarning', '201', '--disableWarning', '112'],
];

const sourcesOf = (entry) =>
  readdirSync(dirname(entry))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(dirname(entry), name));

async function compile(entry) {
  const { default: asc } = await import('assemblyscript/asc');
  let binary = null;
  const { error, stderr } = await asc.main([basename(entry), '-o', 'out.wasm', ...SETTINGS], {
    readFile: (name) => {
      const path = resolve(dirname(entry), name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (name, contents) => void (name === 'out.wasm' && (binary = contents)),
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`${entry}: ${error ?? ''} ${stderr}`);
  return binary;
}

async function compiled(entry) {
  const { version } = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/assemblyscript/package.json'), 'utf8'),
  );
  const hash = createHash('sha256').update(JSON.stringify([version, SETTINGS, basename(entry)]));
  for (const source of sourcesOf(entry)) hash.update(basename(source)).update(readFileSync(source));
  const folder = join(ROOT, 'node_modules/.cache/assembly');
  const kept = join(folder, `${hash.digest('hex')}.wasm`);
  if (existsSync(kept)) return readFileSync(kept);
  const binary = await compile(entry);
  mkdirSync(folder, { recursive: true });
  // Two builds may run at once: the name appears together with the contents.
  const draft = `${kept}.${process.pid}`;
  writeFileSync(draft, binary);
  renameSync(draft, kept);
  return binary;
}

/** @returns {import('vite').Plugin} */
export function assembly() {
  return {
    name: 'assembly',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.endsWith(QUERY) || importer === undefined) return null;
      return VIRTUAL + resolve(dirname(importer), source.slice(0, -QUERY.length));
    },
    async load(id) {
      if (!id.startsWith(VIRTUAL)) return null;
      const entry = id.slice(VIRTUAL.length);
      for (const source of sourcesOf(entry)) this.addWatchFile(source);
      const binary = await compiled(entry);
      return {
        code: `export default '${Buffer.from(binary).toString('base64')}';`,
        moduleType: 'js',
        map: null,
      };
    },
  };
}
