/** `npm run check`: every check that needs no browser. All are run, so that one look shows everything that is wrong. */
import { checkNode, ensureDependencies, run } from './lib/project.mjs';

const CHECKS = [
  ['Format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['Lint', ['eslint', '--max-warnings', '0', '.']],
  ['Core without a browser', ['tsc', '-p', 'src/core']],
  ['Types', ['svelte-check', '--threshold', 'warning', '--output', 'human']],
  ['Import rules', ['depcruise', 'src']],
  ['Dead code', ['knip']],
  ['Class names', ['node', 'scripts/checks/css-classes.mjs']],
  ['Shape of the source', ['node', 'scripts/checks/house.mjs']],
  ['Words', ['node', 'scripts/checks/words.mjs']],
];

/** Runs them all; the names of those that failed. */
export function runChecks() {
  return CHECKS.filter(([name, command]) => {
    console.error(`\n== ${name}`);
    return command[0] === 'node' ? !run(process.execPath, command.slice(1)) : !run('npx', command);
  }).map(([name]) => name);
}

if (import.meta.filename === process.argv[1]) {
  checkNode();
  ensureDependencies();
  const failed = runChecks();
  console.error(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : '\nAll checks passed.');
  process.exit(failed.length > 0 ? 1 : 0);
}
