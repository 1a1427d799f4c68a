/** Whole numbers beyond 2^53 are rounded when JSON is read. */
export const isRounded = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);
