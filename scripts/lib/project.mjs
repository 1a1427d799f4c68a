/** The project's folder, its dependencies and its build: made when they are missing or old. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/u, '');
export const DIST = join(ROOT, 'dist');

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Node 20.19 or later is needed, this is ${process.versions.node}. Install it from nodejs.org and try again.`,
  );
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Runs a command in the project's folder with its output shown; false when it failed. */
export function run(command, args, environment = {}) {
  const result = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...environment },
  });
  return result.status === 0;
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes down what it installed as the last step of
 * an installation, so that one that was cut off leaves no such list. What other systems need may be missing.
 */
function isInstalled() {
  const list = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const installed = packages(list);
  return Object.entries(packages(join(ROOT, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !installed[path]),
  );
}

/** Installs exactly what package-lock.json says, unless that was done before. */
export function ensureDependencies() {
  if (isInstalled()) return;
  console.error('Installing what the app is built from (once) ...');
  if (!run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])) {
    fail('npm ci failed. Check the network connection, then run the command again.');
  }
}

function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Builds dist when it is missing or older than what it is made from. */
export function ensureBuild() {
  const built = join(DIST, 'index.html');
  const sources = ['src', 'public', 'seeds', 'index.html', 'vite.config.ts', 'package-lock.json'];
  const stamp = Math.max(...sources.map((name) => newest(join(ROOT, name))));
  if (existsSync(built) && statSync(built).mtimeMs >= stamp) return;
  console.error('Building the app ...');
  if (!run('npx', ['vite', 'build', '--logLevel', 'error']))
    fail('The build failed; the lines above say why.');
}
