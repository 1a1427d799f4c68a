/**
 * Writes rows as Parquet with typed columns, a row group at a time, so that memory does not grow with the data set. The
 * library is loaded on demand.
 */
import type { SchemaElement } from 'hyparquet-writer';
import { rowsOf } from '../core/dataset/rows';
import { labelOf } from '../core/ids';
import type { Task } from '../core/task';
import { type ExportOptions, isIn } from './formats';
import { Pacer } from '../io/pacer';

export const PARQUET_FILE = 'tasks.parquet';
/** A group is compressed in one go, while the page waits. */
const GROUP_ROWS = 500;
/** Characters after which a row group ends early. */
const GROUP_LENGTH = 1_000_000;

export interface ParquetRow {
  readonly id: string;
  readonly task_id: string;
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
  /** Null when it is not known. */
  readonly is_classification: boolean | null;
  readonly origin: Task['origin'];
  /** Ids of the exemplars in the prompt. */
  readonly parents: readonly string[];
}

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
  repetition_type: 'REQUIRED',
});
const SCHEMA: SchemaElement[] = [
  { name: 'tasks', num_children: 8 },
  text('id'),
  text('task_id'),
  text('instruction'),
  text('input'),
  text('output'),
  { name: 'is_classification', type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
  text('origin'),
  {
    name: 'parents',
    repetition_type: 'REQUIRED',
    converted_type: 'LIST',
    logical_type: { type: 'LIST' },
    num_children: 1,
  },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  text('element'),
];
const COLUMNS = [
  'id',
  'task_id',
  'instruction',
  'input',
  'output',
  'is_classification',
  'origin',
  'parents',
] as const satisfies readonly (keyof ParquetRow)[];

/** @param typed whether the types of the tasks are known */
export function parquetRowsOf(task: Task, typed: boolean): ParquetRow[] {
  const task_id = labelOf(task.id);
  const parents = task.origin === 'machine' ? task.provenance.exemplars.map(labelOf) : [];
  return rowsOf(task).map(({ id, instruction, input, output, isClassification }) => ({
    id: labelOf(id),
    task_id,
    instruction,
    input,
    output,
    is_classification: typed ? isClassification : null,
    origin: task.origin,
    parents,
  }));
}

export async function* writeParquet(
  pages: AsyncIterable<readonly Task[]>,
  options: ExportOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: SCHEMA, createdBy: 'self-instruct' });
  const pacer = new Pacer();
  /** Takes what was written since the last call. */
  const taken = (): Uint8Array<ArrayBuffer> => {
    const some = bytes.getBytes().slice();
    bytes.index = 0;
    return some;
  };
  const writeGroup = async (group: readonly ParquetRow[]): Promise<void> => {
    const columnData = COLUMNS.map((name) => ({ name, data: group.map((row) => row[name]) }));
    await writer.write({ columnData, rowGroupSize: group.length });
  };
  let group: ParquetRow[] = [];
  let length = 0;
  for await (const page of pages) {
    for (const task of page) {
      if (!isIn(task, options)) continue;
      for (const row of parquetRowsOf(task, options.typed ?? true)) {
        group.push(row);
        length += row.instruction.length + row.input.length + row.output.length;
        if (group.length < GROUP_ROWS && length < GROUP_LENGTH) continue;
        await writeGroup(group);
        yield taken();
        await pacer.breathe();
        group = [];
        length = 0;
      }
    }
  }
  if (group.length > 0) await writeGroup(group);
  await writer.finish();
  yield taken();
}
