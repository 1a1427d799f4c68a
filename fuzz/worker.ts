/** The process in which cases run: it tells of each before it begins, so that the one that hangs is known. */
import { findingOf, caseOf } from './cases';
import { formats } from './formats';

/** What is told of a case. */
export type FuzzReport =
  | { readonly kind: 'ready'; readonly names: readonly string[] }
  | { readonly kind: 'begin'; readonly index: number }
  | {
      readonly kind: 'end';
      readonly index: number;
      readonly finding: string | null;
      /** The most memory that the process ever had, in bytes. */
      readonly peak: number;
      /** Milliseconds of a processor. */
      readonly busy: number;
    };

/** Cases between two collections of garbage: what is left of earlier ones must not count. */
const COLLECT = 20;

/** @param tell gets each report */
export async function runCases(
  { seed, from, to }: { readonly seed: number; readonly from: number; readonly to: number },
  tell: (report: FuzzReport) => void,
): Promise<void> {
  const all = await formats();
  tell({ kind: 'ready', names: all.map(({ name }) => name) });
  for (let index = from; index < to; index++) {
    tell({ kind: 'begin', index });
    const before = process.cpuUsage();
    const finding = await findingOf(caseOf(all, seed, index));
    const { user, system } = process.cpuUsage(before);
    const peak = process.resourceUsage().maxRSS * 1024;
    tell({ kind: 'end', index, finding, peak, busy: (user + system) / 1_000 });
    if (index % COLLECT === 0) globalThis.gc?.();
  }
}

/** The file of one case, to look at. */
export async function fileOf(seed: number, index: number): Promise<{ name: string; bytes: Uint8Array }> {
  const { format, bytes } = caseOf(await formats(), seed, index);
  return { name: format.name, bytes };
}
