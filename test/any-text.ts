import fc from 'fast-check';

/**
 * Text of any characters there are, the plain ones more often. What `fc.string({ unit: 'binary' })` gives, but that one lists
 * them all first, which takes longer than most tests.
 */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc
    .oneof(
      fc.integer({ min: 0, max: 0x7f }),
      fc.integer({ min: 0, max: 0xd7ff }),
      fc.integer({ min: 0xe000, max: 0x10ffff }),
    )
    .map((code) => String.fromCodePoint(code)),
});
