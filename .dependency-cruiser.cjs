/** Who may import whom: the table of ARCHITECTURE.md, enforced. @type {import('dependency-cruiser').IConfiguration} */
const test = '\\.test\\.ts$';
const only = (folder, allowed, npm = '') => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: test },
  to: { pathNot: `^src/(${allowed})[/.]${npm ? `|node_modules/(${npm})|^(${npm})` : ''}` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { path: '^src/', pathNot: `${test}|^src/testing/` },
      to: { path: `${test}|^src/testing/` },
    },
    {
      name: 'no-barrels',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/.*/index\\.(ts|js)$' },
    },
    only('core', 'core', 'valibot/'),
    only('io', 'core|io', '@zip.js/zip.js/'),
    only('storage', 'core|io/watchdog|storage', 'idb/'),
    only('weights', 'core|weights', 'valibot/'),
    only('ui', 'core|ui', 'svelte/|virtua/|@lucide/|d3-'),
    only(
      'engines',
      'core|engines|io/(pacer|stall-watch|watchdog)|weights',
      '@wllama/wllama|@mlc-ai/web-llm|@huggingface/|eventsource-parser',
    ),
    only('trainer', 'core|io/pacer|weights|trainer', '@jax-js/jax|@huggingface/tokenizers|valibot/'),
    only('export', 'core|export|io', '@noble/hashes|hyparquet-writer/|yaml/'),
    only('import', 'core|import|io', 'valibot/|hyparquet/|hyparquet-compressors/'),
    only('snapshots', 'core|io|snapshots|storage', 'idb/'),
    only('models', 'core|engines|io|storage|models|weights', '@noble/hashes|valibot/'),
    only(
      'workers',
      'core|engines/similarity|import|io|models|snapshots|storage|trainer|weights|workers',
      'comlink/|compromise/',
    ),
    only(
      'inference',
      'core|engines|inference|io|models|weights|workers',
      'comlink/|@wllama/wllama/esm/wasm/|valibot/',
    ),
    only('app', 'app|core|import|inference|io|models|trainer|ui|weights', 'svelte/|@lucide/'),
    only('playback', 'app|core|import|inference|io|models|playback|storage|ui|workers', 'svelte/|@lucide/'),
    only('shared', 'app|core|export|io|shared|ui', 'svelte/|@lucide/'),
    only(
      'features',
      'app|core|export|features|import|inference|io|models|shared|trainer|ui|weights',
      'svelte/|@lucide/',
    ),
    only('parts-page', 'app|core|parts-page|ui', 'svelte/|@lucide/|@fontsource-variable/'),
    {
      name: 'nothing-imports-the-parts-page',
      severity: 'error',
      from: { pathNot: '^src/parts-page/' },
      to: { path: '^src/parts-page/' },
    },
    {
      name: 'no-feature-imports-a-feature',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/', pathNot: test },
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    {
      name: 'components-show-and-ask',
      comment:
        'A component shows state and asks for changes: files, models and training are for the state beside it.',
      severity: 'error',
      from: { path: '^src/(features|shared|app)/.*\\.svelte$' },
      to: { path: '^src/(export|import|io|models|trainer|weights|inference|workers|storage|engines)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // AssemblyScript, compiled by its own compiler.
    exclude: { path: '^src/(engines/[^/]+|trainer/cpu)/assembly/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.svelte', '.svelte.ts', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'browser', 'import', 'types', 'default'],
    },
  },
};
