/**
 * The header block in front of a body: `Content-…: …` lines, one of them `Content-Length`, an empty line, and
 * the `{` that every body of this protocol begins with. Lines end with CRLF; LF alone is tolerated.
 *
 * Being strict here is what makes resynchronising safe: printed text that merely looks like a header (the
 * `Content-Length: 12` of some HTTP response) is not followed by an empty line and a brace.
 */

export interface HeaderBlock {
  /** Bytes of the body that follows. At least 1. */
  bodyLength: number;
  /** Where the body begins in the buffer. */
  bodyStart: number;
}

/** A longer block is none; so the bytes held back while one may still become whole are bounded. */
export const MAX_HEADER_BYTES = 1024;

/** How every SDK writes it, and so the only form that must be read fast. */
const COMMON_START = Buffer.from('Content-Length: ');
/** `Content-` is looked for without its first letter, so that `content-length` is found as well. */
const NAME_REST = Buffer.from('ontent-');

const LENGTH_LINE = /^Content-Length:[ \t]*(\d{1,15})[ \t]*$/i;
/** A line with a second `Content-…` in it was cut short: the one that counts begins within. */
const OTHER_LINE = /^Content-(?!Length:|.*Content-)[A-Za-z-]+:/i;

const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_C = 0x43;
const LOWER_C = 0x63;
const OPENING_BRACE = 0x7b;

/**
 * Where a header block may begin at or after `from`: at a `Content-`, or at the beginning of one that the buffer
 * cuts off. `buffer.length` when there is none.
 */
export function findHeader(buffer: Buffer, from: number): number {
  for (let at = from + 1; ; at++) {
    at = buffer.indexOf(NAME_REST, at);
    if (at === -1) break;
    if (agreesWithName(buffer, at - 1)) return at - 1;
  }
  for (let at = Math.max(from, buffer.length - NAME_REST.length); at < buffer.length; at++) {
    if (agreesWithName(buffer, at)) return at;
  }
  return buffer.length;
}

/** Whether the bytes at `at`, as many as there are, agree with `Content-` or `content-`. */
function agreesWithName(buffer: Buffer, at: number): boolean {
  if (buffer[at] !== UPPER_C && buffer[at] !== LOWER_C) return false;
  const end = Math.min(buffer.length, at + 1 + NAME_REST.length);
  return buffer.compare(NAME_REST, 0, end - at - 1, at + 1, end) === 0;
}

/**
 * The fast path: a whole `Content-Length: <digits>`, CRLF, CRLF, `{` at `at`. Undefined for everything else,
 * which `readHeader` then judges.
 */
export function readCommonHeader(buffer: Buffer, at: number): HeaderBlock | undefined {
  const start = at + COMMON_START.length;
  for (let position = at; position < start; position++) {
    if (buffer[position] !== COMMON_START[position - at]) return undefined;
  }
  let bodyLength = 0;
  let position = start;
  for (; position < start + 15; position++) {
    const digit = buffer[position]!;
    if (!(digit >= ZERO && digit <= NINE)) break;
    bodyLength = bodyLength * 10 + (digit - ZERO);
  }
  const whole =
    bodyLength > 0 &&
    buffer[position] === CR &&
    buffer[position + 1] === LF &&
    buffer[position + 2] === CR &&
    buffer[position + 3] === LF &&
    buffer[position + 4] === OPENING_BRACE;
  return whole ? { bodyLength, bodyStart: position + 4 } : undefined;
}

/** Reads any header block at `at`; `incomplete` when the buffer ends before it can be told. */
export function readHeader(buffer: Buffer, at: number): HeaderBlock | 'incomplete' | 'invalid' {
  const block = buffer.subarray(at, at + MAX_HEADER_BYTES);
  const incomplete = buffer.length - at > MAX_HEADER_BYTES ? 'invalid' : 'incomplete';
  let bodyLength = 0;
  for (let lineStart = 0; ;) {
    const lineEnd = block.indexOf(LF, lineStart);
    if (lineEnd === -1) return mayBecomeLine(block, lineStart) ? incomplete : 'invalid';
    const line = block.toString('latin1', lineStart, block[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd);
    lineStart = lineEnd + 1;
    if (line === '') {
      if (bodyLength === 0) return 'invalid';
      if (lineStart === block.length) return incomplete;
      return block[lineStart] === OPENING_BRACE ? { bodyLength, bodyStart: at + lineStart } : 'invalid';
    }
    const length = LENGTH_LINE.exec(line);
    // A second length: the first header was cut short, and the one that counts begins there.
    if (length !== null && bodyLength === 0) bodyLength = Number(length[1]);
    else if (!OTHER_LINE.test(line)) return 'invalid';
  }
}

/** Whether the cut-off line may be a header line or the empty one. What follows `Content-` is judged when whole. */
function mayBecomeLine(block: Buffer, lineStart: number): boolean {
  if (lineStart === block.length) return true;
  if (block[lineStart] === CR) return lineStart + 1 === block.length;
  return agreesWithName(block, lineStart);
}
