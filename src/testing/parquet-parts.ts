/** Takes a Parquet file apart into footer, page headers and pages, and puts it together again, for files that lie about them. */
import { ByteWriter } from 'hyparquet-writer';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';

/** A struct of the Thrift protocol with fields `field_1` and so on, numbered as in the format's parquet.thrift. */
export type Struct = Record<`field_${number}`, unknown>;
export interface ParquetPart {
  readonly header: Struct;
  body: Uint8Array;
}
export interface ParquetColumn {
  /** Its ColumnMetaData in the footer. */
  readonly metadata: Struct;
  readonly pages: ParquetPart[];
}
export interface ParquetParts {
  readonly footer: Struct;
  readonly columns: readonly ParquetColumn[];
}

/** @param bytes of a whole file */
export function takeApart(bytes: Uint8Array): ParquetParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 8;
  const footer: Struct = deserializeTCompactProtocol({ view, offset: end - view.getUint32(end, true) });
  const groups = footer.field_4 as Struct[];
  const columns = groups.flatMap((group) =>
    (group.field_1 as Struct[]).map((column) => {
      const metadata = column.field_3 as Struct;
      const pages: ParquetPart[] = [];
      let at = Number(metadata.field_11 ?? metadata.field_9);
      const stop = at + Number(metadata.field_7);
      while (at < stop) {
        const reader = { view, offset: at };
        const header: Struct = deserializeTCompactProtocol(reader);
        at = reader.offset + Number(header.field_3);
        pages.push({ header, body: bytes.slice(reader.offset, at) });
      }
      return { metadata, pages };
    }),
  );
  return { footer, columns };
}

/** Where the columns lie, and how long they are, is written again; everything else as it is. */
export function putTogether({ footer, columns }: ParquetParts): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.appendUint32(0x31524150);
  for (const { metadata, pages } of columns) {
    const begin = writer.offset;
    let data: number | null = null;
    for (const { header, body } of pages) {
      if (header.field_1 === 2) metadata.field_11 = BigInt(writer.offset);
      else data ??= writer.offset;
      serializeTCompactProtocol(writer, header);
      writer.appendBytes(body);
    }
    metadata.field_7 = BigInt(writer.offset - begin);
    metadata.field_9 = BigInt(data ?? begin);
  }
  const begin = writer.offset;
  serializeTCompactProtocol(writer, footer);
  writer.appendUint32(writer.offset - begin);
  writer.appendUint32(0x31524150);
  return writer.getBytes().slice();
}
