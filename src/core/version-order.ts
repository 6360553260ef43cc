/** Which of two versions of the product is the newer one, by the rules of semantic versioning. */
export function isNewerVersion(candidate: string, than: string): boolean {
  const [left, right] = [parts(candidate), parts(than)];
  for (const index of [0, 1, 2] as const) {
    if (left.numbers[index] !== right.numbers[index]) return left.numbers[index]! > right.numbers[index]!;
  }
  // A pre-release comes before its release; two of one release are not told apart by anybody's numbers alone.
  if (left.preRelease === '' || right.preRelease === '')
    return left.preRelease === '' && right.preRelease !== '';
  return left.preRelease.localeCompare(right.preRelease, 'en', { numeric: true }) > 0;
}

function parts(version: string): { numbers: number[]; preRelease: string } {
  const [release = '', preRelease = ''] = version.split('+')[0]!.split(/-(.*)/s);
  const numbers = release.split('.').map((text) => Number.parseInt(text, 10) || 0);
  return { numbers: [0, 1, 2].map((index) => numbers[index] ?? 0), preRelease };
}
