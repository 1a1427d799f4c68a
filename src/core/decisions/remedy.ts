/** What would make a rule drop less in the next run: one switch or one number, where there is one. */
import { completeSwitches, type PipelineStage, type RunConfig, type Switches } from '../run';
import type { InstanceRejectReason, RejectReason } from '../task';

/** A change of the settings. */
export type Remedy =
  | { readonly kind: 'switch'; readonly name: keyof Switches; readonly value: string }
  | { readonly kind: 'threshold'; readonly value: number }
  | { readonly kind: 'max-tokens'; readonly stage: PipelineStage; readonly value: number };

/** Values of switches that drop less. */
const SWITCHED: Readonly<
  Partial<Record<RejectReason | InstanceRejectReason, Readonly<Partial<Required<Switches>>>>>
> = {
  'too-long': { listSplit: 'any-number' },
  'non-ascii-start': { similarityTokens: 'unicode' },
  statement: { statements: 'keep' },
  'no-mark': { unmarked: 'output' },
  'repeats-instruction': { repetitions: 'keep' },
  contradiction: { emptyInputContradiction: 'keep' },
};
/** A threshold of this or more rejects hardly more than copies. */
const HIGHEST = 0.9;
const STEP = 0.1;

/**
 * @param stage whose completions the rule reads
 * @returns null when no setting has a say, or the run has that setting already
 */
export function remedyFor(
  reason: RejectReason | InstanceRejectReason,
  stage: PipelineStage,
  config: Pick<RunConfig, 'switches' | 'rougeThreshold' | 'decoding'>,
): Remedy | null {
  const switches = completeSwitches(config.switches);
  if (reason === 'too-similar') {
    const value = Math.min(HIGHEST, Math.round((config.rougeThreshold + STEP) * 100) / 100);
    return value > config.rougeThreshold ? { kind: 'threshold', value } : null;
  }
  if (reason === 'unfinished') {
    if (stage === 'instructions' && switches.unfinished === 'drop-response') {
      return { kind: 'switch', name: 'unfinished', value: 'drop-last' };
    }
    return { kind: 'max-tokens', stage, value: 2 * config.decoding[stage].maxTokens };
  }
  for (const [name, value] of Object.entries(SWITCHED[reason] ?? {})) {
    if (switches[name as keyof Switches] !== value)
      return { kind: 'switch', name: name as keyof Switches, value };
  }
  return null;
}

/** The settings with the change. */
export function withRemedy<Config extends RunConfig>(config: Config, remedy: Remedy): Config {
  switch (remedy.kind) {
    case 'switch':
      return { ...config, switches: { ...config.switches, [remedy.name]: remedy.value } };
    case 'threshold':
      return { ...config, rougeThreshold: remedy.value };
    case 'max-tokens': {
      const { decoding } = config;
      const { stage, value } = remedy;
      return { ...config, decoding: { ...decoding, [stage]: { ...decoding[stage], maxTokens: value } } };
    }
  }
}

/** The change that would give the settings the value back that they have now. */
export function reverseOf(remedy: Remedy, { switches, rougeThreshold, decoding }: RunConfig): Remedy {
  switch (remedy.kind) {
    case 'switch':
      return { ...remedy, value: completeSwitches(switches)[remedy.name] };
    case 'threshold':
      return { ...remedy, value: rougeThreshold };
    case 'max-tokens':
      return { ...remedy, value: decoding[remedy.stage].maxTokens };
  }
}
