/**
 * The shape of the source, in figures and rules. `npm run check` runs the rules; `node scripts/checks/house.mjs --figures`
 * prints the figures as JSON, `--root DIR` measures another checkout.
 *
 * Rules: no file over 400 lines and no component over 200, no exported type name that
 * stands for two things, and most exports of the folders a stranger reads first say what they are.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';

const MAX_LINES = { ts: 400, svelte: 200 };
/** Folders where at least this share of exports has a docstring. */
const DOCUMENTED = { folders: ['core', 'engines', 'trainer', 'weights', 'models'], share: 0.7 };

const { values } = parseArgs({
  options: { figures: { type: 'boolean', default: false }, root: { type: 'string', default: '.' } },
});
const read = (file) => readFileSync(join(values.root, file), 'utf8');
// AssemblyScript is compiled by its own compiler.
const files = readdirSync(join(values.root, 'src'), { recursive: true })
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  .filter((file) => /\.(ts|svelte|css)$/u.test(file) && !file.includes('/assembly/'))
  .sort();
const source = files.filter((file) => !file.endsWith('.test.ts'));

/** The code of a component's script blocks. */
const scriptOf = (file, text) =>
  file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/gu)].map(([, code]) => code).join('\n')
    : text;

/** Exported declarations: name, whether it is a type, whether a docstring stands before it. */
function* exportsOf(file, text) {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  for (const node of tree.statements) {
    if (!node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    const documented = ts.getJSDocCommentsAndTags(node).length > 0;
    const type =
      ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
    const names = ts.isVariableStatement(node)
      ? node.declarationList.declarations.map(({ name }) => name.getText(tree))
      : [node.name?.text ?? 'default'];
    for (const name of names) yield { name, type, documented };
  }
}

/** The room of a file: a screen's folder, a subject of `shared`, else the folder under src. */
function roomOf(file) {
  const [, top, next, more] = file.split('/');
  return (top === 'features' || top === 'screens' || top === 'shared') && more ? `${top}/${next}` : top;
}
const UPPER = /^(features|shared|app|screens|state)(\/|$)/u;
const known = new Set(source);
function resolve(from, specifier) {
  const base = posix.join(posix.dirname(from), specifier.replace(/\?.*$/u, ''));
  return ['', '.ts', '.svelte', '.svelte.ts'].map((end) => base + end).find((file) => known.has(file));
}

const broken = [];
const exported = {};
const typeHomes = new Map();
const imports = { inside: 0, crossing: 0, pairs: new Set(), betweenFeatures: 0 };
const lines = { source: 0, tests: 0 };
for (const file of files) {
  const text = read(file);
  const isTest = file.endsWith('.test.ts');
  const length = text.split('\n').length - 1;
  lines[isTest ? 'tests' : 'source'] += length;
  if (isTest) continue;
  const limit = MAX_LINES[file.split('.').at(-1)];
  if (limit && length > limit) broken.push(`${file}: ${length} lines; at most ${limit}`);
  if (file.endsWith('.css')) continue;

  const code = scriptOf(file, text);
  if (!file.endsWith('.svelte')) {
    const top = file.split('/')[1];
    for (const { name, type, documented } of exportsOf(file, code)) {
      if (top !== 'testing') {
        const count = (exported[top] ??= { all: 0, documented: 0 });
        count.all++;
        if (documented) count.documented++;
      }
      if (type) typeHomes.set(name, [...(typeHomes.get(name) ?? []), file]);
    }
  }
  const room = roomOf(file);
  if (!UPPER.test(room)) continue;
  for (const [, specifier] of code.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/gu)) {
    const target = resolve(file, specifier);
    const other = target && roomOf(target);
    if (!other || !UPPER.test(other)) continue;
    if (other === room) imports.inside++;
    else {
      imports.crossing++;
      imports.pairs.add(`${room} > ${other}`);
      if (/^(features|screens)/u.test(room) && /^(features|screens)\//u.test(other))
        imports.betweenFeatures++;
    }
  }
}

for (const [name, homes] of typeHomes) {
  if (homes.length > 1) broken.push(`The type ${name} stands for two things: ${homes.join(', ')}`);
}
const chosen = DOCUMENTED.folders.map((folder) => exported[folder] ?? { all: 0, documented: 0 });
const sum = (list, key) => list.reduce((total, count) => total + count[key], 0);
const share = sum(chosen, 'documented') / sum(chosen, 'all');
if (share < DOCUMENTED.share) {
  broken.push(
    `Only ${Math.round(share * 100)} % of the exports of ${DOCUMENTED.folders.join(', ')} have a docstring.`,
  );
}

if (values.figures) {
  const percent = ({ documented, all }) => Math.round((documented / all) * 1000) / 10;
  console.log(
    JSON.stringify(
      {
        lines,
        imports: { ...imports, pairs: imports.pairs.size },
        documentedPercent: {
          all: percent({
            all: sum(Object.values(exported), 'all'),
            documented: sum(Object.values(exported), 'documented'),
          }),
          [DOCUMENTED.folders.join('+')]: Math.round(share * 1000) / 10,
          ...Object.fromEntries(Object.entries(exported).map(([folder, count]) => [folder, percent(count)])),
        },
        broken: broken.length,
      },
      null,
      2,
    ),
  );
} else {
  for (const line of broken) console.error(line);
  process.exitCode = broken.length > 0 ? 1 : 0;
}
