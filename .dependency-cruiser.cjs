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
    only('io', 'core|io', 'fflate/'),
    only('engines', 'core|engines|weights', '@wllama/wllama|@mlc-ai/web-llm|eventsource-parser'),
    only('storage', 'core|storage', 'idb/'),
    only('export', 'core|export|io', '@noble/hashes|hyparquet-writer/|fflate/|yaml/'),
    only('import', 'core|import|io', 'valibot/|hyparquet/|hyparquet-compressors/|fflate/'),
    only('weights', 'core|weights', 'valibot/'),
    only('models', 'core|engines|io|storage|models|weights', '@noble/hashes|fflate/|valibot/'),
    only('trainer', 'core|weights|trainer', '@jax-js/jax|@huggingface/tokenizers|valibot/'),
    only(
      'workers',
      'core|engines/similarity|import|io|models|trainer|weights|workers',
      'comlink/|compromise/',
    ),
    only(
      'inference',
      'core|engines|inference|models|workers|weights',
      'comlink/|@wllama/wllama/esm/wasm/|valibot/',
    ),
    only('state', 'core|export|import|inference|io|models|trainer|weights|state', 'svelte/'),
    only('ui', 'core|ui', 'svelte/|virtua/|@lucide/|d3-'),
    only('screens', 'core|models/model-lines|state|ui|screens', 'svelte/|@lucide/'),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // AssemblyScript, compiled by its own compiler.
    exclude: { path: '^src/engines/similarity/assembly/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.svelte', '.svelte.ts', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'browser', 'import', 'types', 'default'],
    },
  },
};
