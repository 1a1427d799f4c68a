import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  // AssemblyScript is not TypeScript: its own compiler checks it.
  {
    ignores: [
      'dist',
      'coverage',
      'node_modules',
      'public',
      'e2e/.output',
      'src/engines/*/assembly',
      'src/trainer/cpu/assembly',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [...ts.configs.strictTypeChecked],
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'svelte/no-at-html-tags': 'error',
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  // A script that stands in a file as it is.
  { files: ['src/**/*.js'], languageOptions: { globals: globals.browser } },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      // What crosses a component's border is checked by svelte-check; here it would count as any.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // One bindable property of a component makes all of its `let`.
      'prefer-const': ['error', { destructuring: 'all' }],
      'max-lines': ['warn', { max: 200, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['scripts/**/*.mjs', 'bench/**/*.mjs', '*.js', '*.cjs'],
    languageOptions: { globals: globals.node },
  },
  // What page.evaluate runs, runs in the page.
  {
    files: [
      'scripts/generate.mjs',
      'scripts/loop.mjs',
      'scripts/record.mjs',
      'scripts/study.mjs',
      'scripts/test-webllm.mjs',
      'scripts/lib/headless-app.mjs',
    ],
    languageOptions: { globals: globals.browser },
  },
  // A list of texts is as long as what it lists.
  { files: ['src/**/words.ts'], rules: { 'max-lines': 'off' } },
  // Hot loops over typed arrays index in bounds by construction.
  {
    files: ['src/core/similarity/**/*.ts', '**/*.test.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  prettier,
  ...svelte.configs.prettier,
);
