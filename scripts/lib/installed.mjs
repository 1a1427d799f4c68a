/** Programs that are installed here, and Debian packages of them where they may be installed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './project.mjs';

const which = (name) => {
  const found = spawnSync('which', [name], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
};

/** The path that the variable names, or that of the first of these programs; null when there is none. */
export function installed(variable, names) {
  const wanted = process.env[variable];
  if (wanted && existsSync(wanted)) return wanted;
  for (const name of names) {
    const path = which(name);
    if (path) return path;
  }
  return null;
}

/** Installs a package of Debian, as root alone; false when that was not possible. */
export function installFromDebian(name) {
  if (process.getuid?.() !== 0 || !which('apt-get')) return false;
  console.error(`Installing ${name} from Debian ...`);
  return run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', name]);
}
