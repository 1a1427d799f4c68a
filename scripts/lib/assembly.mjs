/**
 * Compiles AssemblyScript in the normal build: `import wasm from './engine.ts?assembly'` gives the WebAssembly of that
 * entry as base64, the same way in the dev server, the build, workers, tests and benches. In a module rather than as a
 * file of its own, since a worker then needs no request before it can answer. With `?assembly&shared` its memory comes
 * from outside and several threads may share it; with `?assembly&shared&fused` it multiplies and adds in one rounding
 * where the machine can. What was compiled once is kept in node_modules/.cache, by the hash of the sources and settings.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ROOT } from './project.mjs';

const QUERY = /\?assembly(?<options>(?:&\w+)*)$/u;
const VIRTUAL = '\0assembly:';
const SETTINGS = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ...['--enable', 'simd', '--enable', 'bulk-memory'],
  // The engine is for 32-bit memory, and no vector crosses to JavaScript.
  ...['--disableWarning', '201', '--disableWarning', '112'],
];
/** What the options of an import add. */
const OPTIONS = {
  shared: [
    ...['--enable', 'threads', '--importMemory', '--sharedMemory'],
    ...['--initialMemory', '1', '--maximumMemory', '65536'],
  ],
  fused: ['--enable', 'relaxed-simd'],
};
const settingsOf = (options) => {
  const names = options.split('&').slice(1);
  const own = names.flatMap((name) => OPTIONS[name] ?? []);
  return [...SETTINGS, ...own, '--use', `RELAXED=${names.includes('fused') ? 1 : 0}`];
};

const sourcesOf = (entry) =>
  readdirSync(dirname(entry))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(dirname(entry), name));

async function compile(entry, settings) {
  const { default: asc } = await import('assemblyscript/asc');
  let binary = null;
  const { error, stderr } = await asc.main([basename(entry), '-o', 'out.wasm', ...settings], {
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

async function compiled(entry, settings) {
  const { version } = JSON.parse(
    readFileSync(join(ROOT, 'node_modules/assemblyscript/package.json'), 'utf8'),
  );
  const hash = createHash('sha256').update(JSON.stringify([version, settings, basename(entry)]));
  for (const source of sourcesOf(entry)) hash.update(basename(source)).update(readFileSync(source));
  const folder = join(ROOT, 'node_modules/.cache/assembly');
  const kept = join(folder, `${hash.digest('hex')}.wasm`);
  if (existsSync(kept)) return readFileSync(kept);
  const binary = await compile(entry, settings);
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
      const query = QUERY.exec(source);
      if (!query || importer === undefined) return null;
      return VIRTUAL + resolve(dirname(importer), source.slice(0, query.index)) + query[0];
    },
    async load(id) {
      if (!id.startsWith(VIRTUAL)) return null;
      const query = QUERY.exec(id);
      const entry = id.slice(VIRTUAL.length, query.index);
      for (const source of sourcesOf(entry)) this.addWatchFile(source);
      const binary = await compiled(entry, settingsOf(query.groups.options));
      return {
        code: `export default '${Buffer.from(binary).toString('base64')}';`,
        moduleType: 'js',
        map: null,
      };
    },
  };
}
