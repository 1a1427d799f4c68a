/** The checksum of one row of a backup. */
import { deriveSeed } from '../random';

/** Detects damage, not forgery. */
export const rowCheck = (row: unknown): number => deriveSeed(JSON.stringify(row));
