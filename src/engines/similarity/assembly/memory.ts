/**
 * Memory of the similarity engine: blocks in two sizes per doubling, with a list of free blocks for each size. Large
 * blocks that a growing table leaves behind are cut up for small ones, so that growth leaves few holes.
 */

const SMALLEST: usize = 16;
const LARGE: usize = 4096;
const SMALL_ARENA: usize = 16384;
const SIZES: u32 = 48;
const PAGE: usize = 65536;
/** Pages added at once: more would be memory for nothing in a small pool. */
const GROW_BY: usize = 8;

/** By size: the first free block; each free block begins with the address of the next. */
const free: usize = memory.data(192);

/** Large blocks come from the end of the memory, small ones from an arena that is refilled. */
let frontier: usize = (__heap_base + 63) & ~63;
let memoryEnd: usize = memory.size() * PAGE;
let arena: usize = 0;
let arenaEnd: usize = 0;

/** 16, 24, 32, 48, 64, 96, ... */
function sizeAt(index: u32): usize {
  return (index & 1 ? SMALLEST + SMALLEST / 2 : SMALLEST) << (index >> 1);
}

function indexOf(size: usize): u32 {
  if (size <= SMALLEST) return 0;
  const bits = 31 - <u32>clz<u32>(<u32>size - 1);
  const floor = (bits - 4) * 2;
  return size <= sizeAt(floor + 1) ? floor + 1 : floor + 2;
}

/** What a block for `size` bytes really holds. */
export function roomFor(size: usize): usize {
  return sizeAt(indexOf(size));
}

export function allocate(size: usize): usize {
  const index = indexOf(size);
  const block = takeFree(index);
  if (block) return block;
  const room = sizeAt(index);
  if (room >= LARGE) return extend(room);
  // Rows of vectors must not straddle cache lines.
  let at = room >= 64 ? (arena + 63) & ~63 : arena;
  if (at + room > arenaEnd) {
    at = 0;
    let size = SMALL_ARENA;
    for (let larger = indexOf(LARGE) + 1; larger < SIZES && !at; larger++) {
      at = takeFree(larger);
      if (at) size = sizeAt(larger);
    }
    if (!at) at = extend(size);
    arenaEnd = at + size;
  }
  arena = at + room;
  return at;
}

function takeFree(index: u32): usize {
  const block = load<usize>(free + index * 4);
  if (block) store<usize>(free + index * 4, load<usize>(block));
  return block;
}

export function release(block: usize, size: usize): void {
  const index = indexOf(size);
  store<usize>(block, load<usize>(free + index * 4));
  store<usize>(free + index * 4, block);
}

function extend(room: usize): usize {
  const at = frontier;
  frontier = (at + room + 63) & ~63;
  if (frontier > memoryEnd) {
    const pages = max<usize>((frontier - memoryEnd + PAGE - 1) / PAGE, GROW_BY);
    if (memory.grow(<i32>pages) < 0) unreachable();
    memoryEnd += pages * PAGE;
  }
  return at;
}

/** A larger block with the same beginning; the old one, of `used` bytes, is free then. */
export function enlarge(block: usize, used: usize, wanted: usize): usize {
  const larger = allocate(wanted);
  if (block) {
    memory.copy(larger, block, used);
    release(block, used);
  }
  return larger;
}
