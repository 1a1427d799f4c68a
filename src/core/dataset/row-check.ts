/** The check of one row of a backup. */
import { deriveSeed } from '../random';

/** Detects a damaged row; it is no signature. */
export const rowCheck = (row: unknown): number => deriveSeed(JSON.stringify(row));
