/// Arithmetic on many elements by one call: where wide-vector code comes in below `FieldVector`.
///
/// Every pointer is to `count` initialised elements; an output may be an input, but must not overlap one otherwise.
/// Results are those of the operators, bit for bit. These run on the calling thread.
@usableFromInline
package protocol FieldKernels {
  /// out[i] = left[i] + right[i].
  static func add(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = left[i] - right[i].
  static func subtract(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = left[i] * right[i].
  static func multiply(
    _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = values[i] * factor.
  static func scale(
    _ values: UnsafePointer<Self>, by factor: Self, into out: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += values[i] * factor.
  static func addScaled(
    _ values: UnsafePointer<Self>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = integers[i].
  static func convert(_ integers: UnsafePointer<Int64>, into out: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += integers[i] * factor.
  static func addScaled(
    _ integers: UnsafePointer<Int64>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += the sum over r of integers[stride r + i] * factors[r], r below `rows`.
  static func addScaledRows(
    _ integers: UnsafePointer<Int64>, stride: Int, by factors: UnsafePointer<Self>, rows: Int,
    into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += integers[i] * factor; every integer is -1, 0 or 1.
  static func addTernary(
    _ integers: UnsafePointer<Int16>, by factor: Self, into accumulator: UnsafeMutablePointer<Self>,
    count: Int)
  /// For every four factors, the last ones completed by zeros, the 81 sums with coefficients digit - 1, by the number to base
  /// 3 with these digits.
  static func makeTernaryTables(
    _ factors: UnsafePointer<Self>, into tables: UnsafeMutablePointer<Self>, count: Int)
  /// accumulator[i] += the sum over g < groups of tables[81 g + codes[g * strides.group + i * strides.entry]]; codes are below 81.
  static func addTableSums(
    _ tables: UnsafePointer<Self>, groups: Int, codes: UnsafePointer<UInt8>,
    strides: (group: Int, entry: Int),
    into accumulator: UnsafeMutablePointer<Self>, count: Int)
  /// Binds the numbers of sixteen rows of values to four polynomials of degree 1 in t: `products` has for every subset of
  /// them the five coefficients of their product; out[k * outStride + i] is the coefficient of t^k.
  static func bindRows(
    _ values: UnsafePointer<Self>, stride: Int, by products: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>,
    outStride: Int, count: Int)
  /// out[i] = low[i] + factor * (high[i] - low[i]).
  static func interpolate(
    _ low: UnsafePointer<Self>, _ high: UnsafePointer<Self>, at factor: Self,
    into out: UnsafeMutablePointer<Self>, count: Int)
  /// out[i] = values[2 i] + factor * (values[2 i + 1] - values[2 i]), from 2 `count` values; out may be values.
  static func interpolatePairs(
    _ values: UnsafePointer<Self>, at factor: Self, into out: UnsafeMutablePointer<Self>, count: Int)
  /// next[i] += slope * (high[i] - low[i]), then low[i] += factor * (high[i] - low[i]).
  static func interpolateLine(
    _ low: UnsafeMutablePointer<Self>, _ high: UnsafePointer<Self>, at factor: Self,
    slope: (factor: Self, next: UnsafeMutablePointer<Self>), count: Int)
  /// high[i] = low[i] * factor, then low[i] -= high[i].
  static func split(
    _ low: UnsafeMutablePointer<Self>, _ high: UnsafeMutablePointer<Self>, by factor: Self, count: Int)
  /// The sum of left[i] * right[i].
  static func dot(_ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>, count: Int) -> Self
  /// The sum of values[i] * integers[i], for counts below 2^32.
  static func dot(_ values: UnsafePointer<Self>, _ integers: UnsafePointer<Int64>, count: Int) -> Self
  /// Words of scratch memory that `addPairs`, `addPoints` and `subtractPoints` need for so many additions.
  static func pairScratchCount(_ count: Int) -> Int
  /// target[outs[i]] = source[lefts[i]] + source[lefts[i] + 1] for points, two coordinates each, of a curve
  /// y^2 = x^3 + b without points with y = 0; (0, 0) is infinity. Source and target do not overlap.
  static func addPairs(
    _ source: UnsafePointer<Self>, lefts: [Int32], into target: UnsafeMutablePointer<Self>, at outs: [Int32],
    scratch: UnsafeMutablePointer<UInt64>)
  /// target[i] += addends[i] for such points; target may be addends, which doubles.
  static func addPoints(
    _ addends: UnsafePointer<Self>, into target: UnsafeMutablePointer<Self>, count: Int,
    scratch: UnsafeMutablePointer<UInt64>)
  /// target[i] -= subtrahends[i] for such points.
  static func subtractPoints(
    _ subtrahends: UnsafePointer<Self>, from target: UnsafeMutablePointer<Self>, count: Int,
    scratch: UnsafeMutablePointer<UInt64>)
  /// target[i] = source[entries[i] / 2] for points, two coordinates each, with y negated where the entry is odd.
  static func gatherPoints(
    _ source: UnsafePointer<Self>, _ entries: UnsafePointer<UInt32>, into target: UnsafeMutablePointer<Self>, count: Int
  )
  /// One of the two square roots of each value, or nil; time depends on the values.
  static func squareRoots(_ values: [Self]) -> [Self?]
}
