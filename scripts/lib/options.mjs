/** Options of the commands, checked before anything is built or started. */
import { parseArgs } from 'node:util';
import { fail } from './project.mjs';

/**
 * @template {Record<string, { type: 'string', default?: string }>} T
 * @param {T} options
 */
export function readOptions(options) {
  const { values } = parseArgs({ options });
  return {
    values,
    /** @param {keyof T & string} name @param {number} least */
    number(name, least) {
      const value = Number(values[name]);
      if (Number.isSafeInteger(value) && value >= least) return value;
      return fail(`--${name} must be a whole number from ${least}.`);
    },
    /** @param {keyof T & string} name @param {readonly string[]} choices */
    oneOf(name, choices) {
      return choices.includes(values[name])
        ? values[name]
        : fail(`--${name} is one of: ${choices.join(', ')}.`);
    },
  };
}
