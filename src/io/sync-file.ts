/** Files of the origin's private file system, as workers write them. */

/** The part of FileSystemSyncAccessHandle that is used; the types of workers are not the page's. */
export interface SyncFile {
  read(into: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  /** A promise where closing takes its time. */
  close(): void | Promise<void>;
}
