/** The data passport on the Export screen: what it contains, its checks, and its texts as they will be. */
import type { Progress, RunSummary } from '../../core/ports';
import { type DataFormat, type DataFormatId, dataFormat } from '../../export/data-formats';
import type { PassportChoice, PassportPlan } from '../../export/passport/passport';
import type { Services } from '../../app/services';

/** Formats for a passport; the data set with origins keeps ids and parents. */
export const PASSPORT_FORMATS: readonly DataFormatId[] = [
  'alpaca',
  'openai-chat',
  'sharegpt',
  'prompt-completion',
  'csv',
  'parquet',
  'dataset',
];
/** Shares to choose from that are held out. */
export const SHARES: readonly number[] = [0, 0.05, 0.1, 0.2];

/** What a format is called. */
export const titleOf = (format: DataFormatId): string => dataFormat(format).title;
/** What one row of a format is. */
export const unitOf = (format: DataFormatId): DataFormat['unit'] => dataFormat(format).unit;
export type Planned = PassportPlan;

/** The choices for a passport, and the passport as planned with them. */
export class PassportView {
  formats = $state.raw<readonly DataFormatId[]>(['alpaca', 'openai-chat', 'parquet', 'dataset']);
  share = $state(0.1);
  splitSeed = $state(1);
  withBackup = $state(true);
  planned = $state.raw<PassportPlan | null>(null);

  constructor(private readonly services: Services) {}

  toggle(format: DataFormatId): void {
    this.formats = PASSPORT_FORMATS.filter((one) => this.formats.includes(one) !== (one === format));
  }

  async plan(
    summary: RunSummary,
    rows: Pick<PassportChoice, 'withSeeds' | 'withoutRejected' | 'named' | 'filter'>,
    signal: AbortSignal,
  ): Promise<void> {
    this.planned = null;
    const { formats, share, splitSeed, withBackup } = this;
    const choice: PassportChoice = { formats, share, splitSeed, withBackup, ...rows };
    const { planPassport } = await import('../../export/passport/passport');
    const plan = await planPassport(this.services.store, summary, choice, signal);
    if (!signal.aborted) this.planned = plan;
  }

  async write(signal: AbortSignal, report: (progress: Progress) => void): Promise<Blob> {
    const { planned } = this;
    if (!planned) throw new Error('the passport is not planned yet');
    const { writePassport } = await import('../../export/passport/passport');
    const { store, version } = this.services;
    return writePassport(store, planned, this.services.now(), version, signal, report);
  }
}
