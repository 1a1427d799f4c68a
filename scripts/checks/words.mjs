/**
 * Texts that a user reads stand in words files, and in the project's own words: `npm run check` finds literal texts in
 * components and state, and words that the glossary in CONTRIBUTING.md replaced. `--count` prints how many by folder.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'svelte/compiler';
import ts from 'typescript';

const { values } = parseArgs({ options: { count: { type: 'boolean', default: false } } });

/** Where texts must come from words files. */
const SHOWN = /^src\/(features|shared|app|ui)\//u;
/** Attributes and props whose values are no text. */
const NO_TEXT =
  /^(class|id|href|role|type|name|for|data-.*|style|viewBox|d|points|transform|fill|stroke.*|text-anchor|method|rel|target|autocomplete|inputmode|accept|aria-(live|controls|labelledby|describedby|current|orientation|haspopup|sort|checked|pressed|expanded|hidden|relevant|autocomplete|activedescendant|owns)|tone|variant|size|kind|as|align|list|pattern|enterkeyhint|spellcheck|scope|step|min|max|value|slot|direction|dominant-baseline|preserveAspectRatio|xmlns|loading|decoding|tag|key|place|side|unit|format)$/u;
/** The one place where pupils read what GPU stands for. */
const EXPLAINED_IN = 'src/features/start/words.ts';
/** Old word, and what the glossary says. */
const OLD_WORDS = [
  [/\bgraphics processors?\b/iu, 'GPU'],
  [/\banew\b/iu, 'again'],
  [
    /(?<!\bthere )\bis no (?!longer|more|problem|match|room|way|need|such|one|other)[a-z]+ ?[a-z]*\b/iu,
    'is not a',
  ],
  [/\bbelongs? into\b/iu, 'belongs in'],
  [/\bnone of ours\b/iu, 'not one of ours'],
  [/\b(?:go(?:es|ne)?|going|went) on with\b/iu, 'resume, continue'],
  [/\bit learns\b/iu, 'Training'],
  [/\bto risk it once more\b/iu, 'or try again anyway'],
  [/\btables of words\b/iu, 'vocabularies'],
  [/\bmost tokens\b/iu, 'max tokens'],
  [/\bmillion numbers\b/iu, 'million parameters'],
  [/\bbits a number\b/iu, 'F16 weights'],
  [/\blongest gradient\b/iu, 'gradient clipping'],
  [/\bbrought back from\b/iu, 'restored from'],
  [/\bthe way to stop listening\b/iu, 'a function that removes the listener'],
  [/\bstand(?:s|ing)? there twice\b/iu, 'appears twice'],
  [/\bcheck sums?\b/iu, 'checksum'],
  [/\bhas its turn\b/iu, 'stays responsive'],
];

const found = [];
const files = readdirSync('src', { recursive: true })
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  .filter((file) => /\.(ts|svelte)$/u.test(file) && !/\.test\.ts$/u.test(file))
  .filter((file) => !/^src\/(testing\/|.*\/assembly\/)/u.test(file))
  .sort();
/** Two letters in a row that are no entity or sign. */
const isText = (text) => /\p{L}{2}/u.test(text.replace(/&\w+;/gu, ''));
/** Names of keys, and of fonts. */
const NOT_SHOWN =
  /^(Enter|Escape|Home|End|Tab|Delete|Page(Up|Down)|Arrow(Up|Down|Left|Right)?|.*, sans-serif)$/u;
/** Several words, or one with a capital letter: what a label looks like, and `owner/name` does not. */
const looksShown = (text) =>
  !NOT_SHOWN.test(text.trim()) &&
  /^[\p{Lu}“][^]*\p{Ll}|\p{Ll} \p{L}/u.test(text.trim()) &&
  !/^[a-z-]+( [a-z-]+)*$|^[\w.-]+\/[\w.-]+$/u.test(text);

const lineAt = (text, index) => text.slice(0, index).split('\n').length;
const tell = (file, text, index, what) => found.push({ file, line: lineAt(text, index), what });

function literals(file, text, from, node) {
  if (!node || typeof node !== 'object') return;
  if (node.type === 'Text' && isText(node.data ?? '') && from !== 'attribute')
    tell(file, text, node.start, `text: ${node.data.trim().slice(0, 60)}`);
  if (node.type === 'Attribute') {
    if (node.name.startsWith('on') || NO_TEXT.test(node.name)) return;
    const parts = Array.isArray(node.value) ? node.value : node.value === true ? [] : [node.value];
    for (const part of parts) {
      if (part.type === 'Text' && isText(part.data) && looksShown(part.data))
        tell(file, text, node.start, `${node.name}: ${part.data.slice(0, 60)}`);
      else if (part.type === 'ExpressionTag') expression(file, text, part.expression);
    }
    return;
  }
  if (node.type === 'ExpressionTag') return expression(file, text, node.expression);
  for (const key of [
    'fragment',
    'nodes',
    'attributes',
    'consequent',
    'alternate',
    'body',
    'fallback',
    'pending',
    'then',
    'catch',
  ]) {
    const child = node[key];
    for (const one of Array.isArray(child) ? child : [child]) literals(file, text, 'markup', one);
  }
}
/** String literals inside an expression that a user would read. */
function expression(file, text, node) {
  if (!node || typeof node !== 'object') return;
  if (node.type === 'Literal' && typeof node.value === 'string' && looksShown(node.value))
    tell(file, text, node.start, `expression: ${node.value.slice(0, 60)}`);
  else if (node.type === 'TemplateLiteral' && node.quasis.some(({ value }) => looksShown(value.raw)))
    tell(file, text, node.start, `expression: ${text.slice(node.start, node.end).slice(0, 60)}`);
  for (const key of [
    'test',
    'consequent',
    'alternate',
    'left',
    'right',
    'arguments',
    'expressions',
    'elements',
    'callee',
    'object',
    'body',
    'properties',
    'value',
    'expression',
    'argument',
  ]) {
    const child = node[key];
    for (const one of Array.isArray(child) ? child : [child])
      if (one && one.type) expression(file, text, one);
  }
}
/** Literal texts in TypeScript: not what is thrown as a plain Error, which nobody is meant to see. */
function literalsInCode(file, text) {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    if (
      ts.isNewExpression(node) &&
      /^(Error|TypeError|RangeError|URL|RegExp)$/u.test(node.expression.getText(tree))
    )
      return;
    if ((ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) && looksShown(node.text))
      tell(file, text, node.getStart(tree), `text: ${node.text.slice(0, 60)}`);
    else if (
      ts.isTemplateExpression(node) &&
      [node.head, ...node.templateSpans.map(({ literal }) => literal)].some(({ text: part }) =>
        looksShown(part),
      )
    )
      tell(file, text, node.getStart(tree), `text: ${node.getText(tree).slice(0, 60)}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
}

for (const file of files) {
  const text = readFileSync(file, 'utf8');
  for (const [pattern, better] of OLD_WORDS) {
    const match = pattern.exec(text);
    if (match && !(file === EXPLAINED_IN && better === 'GPU'))
      tell(file, text, match.index, `“${match[0]}”: say “${better}”`);
  }
  if (!SHOWN.test(file) || /words\.ts$/u.test(file)) continue;
  if (file.endsWith('.svelte')) literals(file, text, 'markup', parse(text, { modern: true }));
  else literalsInCode(file, text);
}

if (values.count) {
  const counts = {};
  for (const { file } of found) {
    const folder = file
      .split('/')
      .slice(1, file.startsWith('src/features') || file.startsWith('src/shared') ? 3 : 2)
      .join('/');
    counts[folder] = (counts[folder] ?? 0) + 1;
  }
  console.log(counts, found.length);
} else {
  for (const { file, line, what } of found) console.error(`${file}:${line}: ${what}`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
