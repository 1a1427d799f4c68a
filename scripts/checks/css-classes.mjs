/**
 * Class names: every one of the global sheets is used, every one in markup has a style or is looked for by a test, all are
 * words, and features leave to the parts (src/ui/primitives) what is theirs. What a component's own styles do not use,
 * svelte-check reports.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Shortest name that can be searched for. */
const SHORTEST = 3;
/** What parts draw: markup of features uses the part. */
const PARTS = [
  'card',
  'checkbox',
  'chip',
  'drawer',
  'empty',
  'field',
  'notice',
  'segmented',
  'select',
  'stat',
];
const NAME = /\.(-?[a-z][\w-]*)/giu;

/** Class names in the selectors of a sheet. */
function selectorsOf(css) {
  const selectors = css
    .replace(/\/\*[\s\S]*?\*\//gu, '')
    .match(/[^{};]+(?=\{)/gu)
    ?.filter((part) => !part.trim().startsWith('@'));
  return new Set((selectors ?? []).flatMap((part) => [...part.matchAll(NAME)].map(([, name]) => name)));
}

/** Words in quotes, and keys of objects, of an expression: what it may give as a class. */
const wordsOf = (expression) => [
  ...[...expression.replace(/[=!]== '[^']*'/gu, '').matchAll(/'([^']*)'|`([^`$]*)`/gu)].flatMap(([, a, b]) =>
    (a ?? b).split(/\s+/u),
  ),
  ...[...expression.matchAll(/(?:\{|,)\s*'?([\w-]+)'?\s*(?=[:,}])/gu)].map(([, key]) => key),
];

/** Class names in the markup of a component. */
function markupOf(source) {
  const names = [];
  for (const [, list] of source.matchAll(/\bclass="([^"]*)"/gu)) {
    names.push(...list.replace(/\{[^}]*\}/gu, ' ').split(/\s+/u));
    for (const [expression] of list.matchAll(/\{[^}]*\}/gu)) names.push(...wordsOf(expression.slice(1, -1)));
  }
  for (const [, expression] of source.matchAll(/\bclass=\{((?:[^{}]|\{[^{}]*\})*)\}/gu)) {
    names.push(...wordsOf(expression));
  }
  return new Set(names.filter((name) => /^[a-z]/iu.test(name)));
}

/** Files below a folder with this ending, and their text. */
const filesOf = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(ending))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** Every fault, as a line with the file it is in. */
function faults() {
  const found = [];
  const sheets = filesOf('src/style', '.css').map(({ path, text }) => ({ path, names: selectorsOf(text) }));
  const components = filesOf('src', '.svelte').map(({ path, text: source }) => {
    const at = source.search(/^<style/mu);
    const markup = at < 0 ? source : source.slice(0, at);
    return {
      path,
      markup,
      used: markupOf(markup),
      styled: at < 0 ? new Set() : selectorsOf(source.slice(at)),
    };
  });
  const tests = ['src', 'e2e', 'bench']
    .flatMap((folder) => filesOf(folder, '.ts').map(({ text }) => text))
    .join('\n');
  const everywhere = components.map(({ markup }) => markup).join('\n');
  const global = new Set(sheets.flatMap(({ names }) => [...names]));
  const styled = new Set([...global, ...components.flatMap((one) => [...one.styled])]);
  const isWord = (name, text) => new RegExp(`['"\`\\s]${name}['"\`\\s]`, 'u').test(text);

  for (const { path, names } of sheets) {
    for (const name of names) {
      if (name.length < SHORTEST) found.push(`${path}: .${name} is not a word`);
      if (!isWord(name, everywhere)) found.push(`${path}: .${name} is used nowhere`);
    }
  }
  for (const { path, markup, used, styled: own } of components) {
    for (const name of new Set([...used, ...own])) {
      if (name.length < SHORTEST) found.push(`${path}: "${name}" is not a word`);
    }
    for (const name of used) {
      if (!own.has(name) && !styled.has(name) && !tests.includes(`.${name}`)) {
        found.push(`${path}: "${name}" has no style, and no test looks for it`);
      }
    }
    if (!path.startsWith('src/features/')) continue;
    for (const name of PARTS)
      if (used.has(name)) found.push(`${path}: "${name}" is a part of src/ui/primitives`);
    if (/<select\b/u.test(markup)) found.push(`${path}: <select> is the part Select`);
  }
  return found;
}

const found = faults();
for (const fault of found) console.error(fault);
process.exit(found.length > 0 ? 1 : 0);
