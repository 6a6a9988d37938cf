// UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, a 12-bit counter (section 6.2, method 1), random bits.

const COUNTER_END = 0x1000;

let last = 0;
let counter = 0;

/** Sorts after every id this page has made before, also within one millisecond or when the clock is set back. */
export function uuid7(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  if (now > last) {
    last = now;
    // The upper half stays free to count in.
    counter = ((random[0]! << 8) | random[1]!) & 0x7ff;
  } else if (++counter === COUNTER_END) {
    last++;
    counter = 0;
  }
  const time = hex(last, 12);
  const variant = hex((random[2]! & 0x3f) | 0x80, 2) + hex(random[3]!, 2);
  const node = Array.from(random.subarray(4), (byte) => hex(byte, 2)).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(counter, 3)}-${variant}-${node}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
