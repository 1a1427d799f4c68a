/** Looks at JSON text before it is parsed, for what parsing cannot tell: it recurses, and of a repeated key it takes the last. */
import { BACKSLASH, CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, QUOTE } from './json-characters';

export interface JsonScan {
  /** Whether lists and objects nest deeper than the limit. Then the rest was not looked at. */
  readonly deep: boolean;
  /** A key that one object has twice; null when there is none. Of broken JSON it says nothing. */
  readonly repeated: string | null;
}

/** One pass, without recursion: any text can be looked at. */
export function scanJson(text: string, maxDepth: number): JsonScan {
  /** For each open object its keys, for each open list null. */
  const open: (Set<string> | null)[] = [];
  let repeated: string | null = null;
  /** Whether a string that begins here is a key. */
  let atKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = endOfString(text, i);
        const keys = open.at(-1);
        if (atKey && keys && repeated === null) {
          const key = keyOf(text.slice(i, end));
          if (keys.has(key)) repeated = key;
          keys.add(key);
        }
        atKey = false;
        i = end - 1;
        break;
      }
      case OPEN_OBJECT:
        if (open.push(new Set()) > maxDepth) return { deep: true, repeated };
        atKey = true;
        break;
      case OPEN_LIST:
        if (open.push(null) > maxDepth) return { deep: true, repeated };
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        open.pop();
        atKey = false;
        break;
      case COMMA:
        atKey = open.at(-1) instanceof Set;
        break;
    }
  }
  return { deep: false, repeated };
}

/** @returns the place after its closing quote, or the end of the text */
function endOfString(text: string, begin: number): number {
  for (let i = begin + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}

/** `"out\u0070ut"` and `"output"` are one key. @param json a string with its quotes; may be broken */
function keyOf(json: string): string {
  if (!json.includes('\\')) return json.slice(1, -1);
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}
