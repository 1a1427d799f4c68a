/** Puts a database in memory in the place of the browser's. */
declare module 'fake-indexeddb/auto';
